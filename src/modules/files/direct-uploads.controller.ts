import { Body, Controller, Delete, Get, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Access, CurrentActor, Public } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { CreatedUploadDto, CreateUploadDto, UploadDto } from './direct-uploads.dto.js';
import { DirectUploadsService } from './direct-uploads.service.js';
import { FileDto, UploadQuery } from './files.dto.js';
import { ReturnsReceived, TakesBytes } from './files.openapi.js';
import { SignatureQuery } from './signed-urls.dto.js';
import { UploadAddresses } from './upload-addresses.js';

@ApiTags('Files')
@Controller('files/uploads')
export class DirectUploadsController {
  constructor(
    private readonly uploads: DirectUploadsService,
    private readonly addresses: UploadAddresses,
  ) {}

  @Post()
  @Access('files:write')
  @ApiOperation({ summary: 'Begin an upload whose content goes straight to where it is kept' })
  @Returns(201, CreatedUploadDto, [400, 413, 415, 503, 507])
  create(@CurrentActor() actor: Actor, @Body() request: CreateUploadDto): Promise<CreatedUploadDto> {
    return this.uploads.create(actor, request);
  }

  @Get(':id')
  @Access('files:write')
  @ApiOperation({ summary: 'See how far an upload is' })
  @Returns(200, UploadDto, [404, 503])
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<UploadDto> {
    return this.uploads.get(actor, id);
  }

  @Post(':id/complete')
  @Access('files:write')
  @ApiOperation({ summary: 'Make a file of what was uploaded; asked again, the same one' })
  @Returns(201, FileDto, [400, 404, 409, 410, 413, 503, 507])
  complete(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: UploadQuery,
  ): Promise<FileDto> {
    return this.uploads.complete(actor, id, query);
  }

  @Delete(':id')
  @Access('files:write')
  @ApiOperation({ summary: 'Give an upload up, with what came of it' })
  @Returns(204, null, [404, 409])
  abandon(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.uploads.abandon(actor, id);
  }

  /** The id is taken as it stands: it is signed. */
  @Put(':id/content')
  @Public()
  @ApiOperation({
    summary: 'Send the content of an upload to its address, where the store does not take it itself',
  })
  @TakesBytes('application/octet-stream')
  @ReturnsReceived()
  receive(@Param('id') id: string, @Query() query: SignatureQuery, @Req() request: Request): Promise<void> {
    return this.addresses.receive(id, query, request);
  }
}
