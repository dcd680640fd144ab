import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { PageQuery } from '../../common/pagination/pagination.js';
import { CreatedFileLinkDto, CreateFileLinkDto, FileLinkPageDto } from './file-links.dto.js';
import { FileLinksService } from './file-links.service.js';

@ApiTags('Files')
@Controller('files/:id/links')
export class FileLinksController {
  constructor(private readonly links: FileLinksService) {}

  @Post()
  @Access('files:write')
  @ApiOperation({ summary: 'Make a link by which anybody may have one version of a file for a while' })
  @Returns(201, CreatedFileLinkDto, [400, 404, 413, 415])
  create(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() request: CreateFileLinkDto,
  ): Promise<CreatedFileLinkDto> {
    return this.links.create(actor, id, request);
  }

  @Get()
  @Access('files:read')
  @ApiOperation({ summary: 'List the links to a file that have not expired, the last made first' })
  @Returns(200, FileLinkPageDto, [400, 404])
  list(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<FileLinkPageDto> {
    return this.links.list(actor, id, query);
  }

  @Delete(':link_id')
  @Access('files:write')
  @ApiOperation({ summary: 'Revoke a link' })
  @Returns(204, null, [404])
  revoke(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('link_id', IdPipe) linkId: string,
  ): Promise<void> {
    return this.links.revoke(actor, id, linkId);
  }
}
