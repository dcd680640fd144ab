import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { TakesForm } from '../../common/openapi/takes-form.decorator.js';
import { ReturnsDownload, TakesContent } from './files.openapi.js';
import { DownloadQuery } from './file-downloads.dto.js';
import { FileDownloadsService } from './file-downloads.service.js';
import { FileUploadsService } from './file-uploads.service.js';
import {
  FileDto,
  FilePageDto,
  ListFilesQuery,
  UpdateFileDto,
  UploadFields,
  UploadQuery,
} from './files.dto.js';
import { FilesService } from './files.service.js';

@ApiTags('Files')
@Controller('files')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly uploads: FileUploadsService,
    private readonly downloads: FileDownloadsService,
  ) {}

  @Post()
  @Access('files:write')
  @ApiOperation({ summary: 'Upload a file' })
  @TakesForm(UploadFields)
  @Returns(201, FileDto, [400, 413, 415, 503, 507])
  upload(
    @CurrentActor() actor: Actor,
    @Query() query: UploadQuery,
    @Req() request: Request,
  ): Promise<FileDto> {
    return this.uploads.upload(actor, query, request);
  }

  @Get()
  @Access('files:read')
  @ApiOperation({ summary: 'List one’s files, or those in the trash, the last uploaded first' })
  @Returns(200, FilePageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: ListFilesQuery): Promise<FilePageDto> {
    return this.files.list(actor, query);
  }

  @Get(':id')
  @Access('files:read')
  @ApiOperation({ summary: 'Read what is known of a file' })
  @Returns(200, FileDto, [404])
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<FileDto> {
    return this.files.get(actor, id);
  }

  @Patch(':id')
  @Access('files:write')
  @ApiOperation({ summary: 'Rename a file, attach it to something else, or describe it anew' })
  @Returns(200, FileDto, [400, 404, 413, 415])
  update(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() request: UpdateFileDto,
  ): Promise<FileDto> {
    return this.files.update(actor, id, request);
  }

  @Delete(':id')
  @Access('files:delete')
  @ApiOperation({ summary: 'Put a file into the trash' })
  @Returns(204, null, [404])
  delete(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.files.delete(actor, id);
  }

  @Post(':id/restore')
  @Access('files:write')
  @ApiOperation({ summary: 'Take a file out of the trash' })
  @Returns(200, FileDto, [404, 409])
  restore(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<FileDto> {
    return this.files.restore(actor, id);
  }

  @Put(':id/content')
  @Access('files:write')
  @ApiOperation({ summary: 'Upload a further version of a file, which becomes the current one' })
  @TakesContent()
  @Returns(200, FileDto, [400, 404, 412, 413, 415, 503, 507])
  replace(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: UploadQuery,
    @Req() request: Request,
  ): Promise<FileDto> {
    return this.uploads.replace(actor, id, query, request);
  }

  @Get(':id/download')
  @Access('files:read')
  @ApiOperation({ summary: 'Download a file, or get a URL to it where the store itself serves files' })
  @ReturnsDownload([400, 404])
  download(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: DownloadQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.downloads.download(actor, { id, number: null }, query, { request, response });
  }
}
