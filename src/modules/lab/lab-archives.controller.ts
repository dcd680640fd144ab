import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { ReturnsBytes } from '../../common/openapi/returns-bytes.decorator.js';
import { PageQuery } from '../../common/pagination/pagination.js';
import { ArchivePageDto } from './lab-archives.dto.js';
import { LabArchivesService } from './lab-archives.service.js';
import { LabDownloadsService } from './lab-downloads.service.js';

@ApiTags('Lab')
@Controller('lab/archives')
export class LabArchivesController {
  constructor(
    private readonly archives: LabArchivesService,
    private readonly downloads: LabDownloadsService,
  ) {}

  @Get()
  @Access('lab:read')
  @ApiOperation({ summary: 'List archives of experiments older than 90 days, the latest experiments first' })
  @Returns(200, ArchivePageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<ArchivePageDto> {
    return this.archives.list(actor, query);
  }

  @Get(':id/download')
  @Access('lab:read')
  @ApiOperation({ summary: 'Download an archive: one experiment a line, as JSON, compressed by gzip' })
  @ReturnsBytes('application/gzip', [404, 503])
  download(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.downloads.archive(actor, id, request, response);
  }
}
