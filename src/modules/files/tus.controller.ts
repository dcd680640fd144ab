import { Controller, Delete, Get, Options, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Access, CurrentActor, Public } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { UploadDto } from './direct-uploads.dto.js';
import { TakesBytes, TusHeaders } from './files.openapi.js';
import { TusService } from './tus.service.js';

const REFUSALS = [400, 404, 409, 410, 412, 413, 503, 507];

@ApiTags('Files')
@Controller('files/tus')
export class TusController {
  constructor(private readonly tus: TusService) {}

  @Options()
  @Public()
  @ApiOperation({ summary: 'What this server can do of tus 1.0' })
  @Returns(204, null)
  describe(@Res({ passthrough: true }) response: Response): void {
    this.tus.describe(response);
  }

  @Post()
  @Access('files:write')
  @ApiOperation({ summary: 'Begin a resumable upload (tus 1.0), or with all its content also end it' })
  @TusHeaders('Upload-Length', 'Upload-Metadata')
  @Returns(201, UploadDto, [...REFUSALS, 501])
  create(
    @CurrentActor() actor: Actor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UploadDto> {
    return this.tus.create(actor, request, response);
  }

  @Get(':id')
  @Access('files:write')
  @ApiOperation({ summary: 'See how far a resumable upload is; tus clients ask by HEAD' })
  @Returns(200, UploadDto, REFUSALS)
  look(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UploadDto | undefined> {
    return this.tus.look(actor, id, request, response);
  }

  @Patch(':id')
  @Access('files:write')
  @ApiOperation({ summary: 'Send the next bytes of a resumable upload (tus 1.0)' })
  @TusHeaders('Upload-Offset')
  @TakesBytes('application/offset+octet-stream')
  @Returns(204, null, [...REFUSALS, 501])
  append(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    return this.tus.answer(actor, id, request, response);
  }

  @Delete(':id')
  @Access('files:write')
  @ApiOperation({ summary: 'Give a resumable upload up, with what came of it (tus 1.0)' })
  @TusHeaders()
  @Returns(204, null, REFUSALS)
  abandon(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    return this.tus.answer(actor, id, request, response);
  }
}
