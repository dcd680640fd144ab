import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { PageQuery } from '../../common/pagination/pagination.js';
import { DownloadQuery } from './file-downloads.dto.js';
import { FileDownloadsService } from './file-downloads.service.js';
import { FileVersionPageDto } from './file-versions.dto.js';
import { FileVersionsService } from './file-versions.service.js';
import { ReturnsDownload } from './files.openapi.js';
import { VersionNumberPipe } from './version-number.pipe.js';

@ApiTags('Files')
@Controller('files/:id/versions')
export class FileVersionsController {
  constructor(
    private readonly versions: FileVersionsService,
    private readonly downloads: FileDownloadsService,
  ) {}

  @Get()
  @Access('files:read')
  @ApiOperation({ summary: 'List the versions of a file, the current one first' })
  @Returns(200, FileVersionPageDto, [400, 404])
  list(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<FileVersionPageDto> {
    return this.versions.list(actor, id, query);
  }

  @Get(':n/download')
  @Access('files:read')
  @ApiOperation({ summary: 'Download one version of a file' })
  @ReturnsDownload([400, 404])
  download(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('n', VersionNumberPipe) number: number,
    @Query() query: DownloadQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.downloads.download(actor, { id, number }, query, { request, response });
  }
}
