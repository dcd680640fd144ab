import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { ReturnsBytes } from '../../common/openapi/returns-bytes.decorator.js';
import { TakesForm } from '../../common/openapi/takes-form.decorator.js';
import { LabDownloadsService } from './lab-downloads.service.js';
import { LabModelRegistrationService } from './lab-model-registration.service.js';
import {
  ListModelsQuery,
  ModelDto,
  ModelPageDto,
  RegisterModelFields,
  UpdateModelDto,
} from './lab-models.dto.js';
import { LabModelsService } from './lab-models.service.js';

@ApiTags('Lab')
@Controller('lab/models')
export class LabModelsController {
  constructor(
    private readonly models: LabModelsService,
    private readonly registration: LabModelRegistrationService,
    private readonly downloads: LabDownloadsService,
  ) {}

  @Post()
  @Access('lab:write')
  @ApiOperation({ summary: 'Register a version of an ONNX risk model, which is tried first' })
  @TakesForm(RegisterModelFields)
  @Returns(201, ModelDto, [400, 413, 415, 503, 507])
  register(@CurrentActor() actor: Actor, @Req() request: Request): Promise<ModelDto> {
    return this.registration.register(actor, request);
  }

  @Get()
  @Access('lab:read')
  @ApiOperation({ summary: 'List models, the last registered first, the built-in one last' })
  @Returns(200, ModelPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: ListModelsQuery): Promise<ModelPageDto> {
    return this.models.list(actor, query);
  }

  @Get(':id')
  @Access('lab:read')
  @ApiOperation({ summary: 'Read what is known of a model' })
  @Returns(200, ModelDto, [404])
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<ModelDto> {
    return this.models.get(actor, id);
  }

  @Patch(':id')
  @Access('lab:write')
  @ApiOperation({ summary: 'Change what is said of a model' })
  @Returns(200, ModelDto, [400, 404, 409, 413, 415])
  update(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() request: UpdateModelDto,
  ): Promise<ModelDto> {
    return this.models.update(actor, id, request);
  }

  @Delete(':id')
  @Access('lab:write')
  @ApiOperation({ summary: 'Delete a model that judges no instance, with its file' })
  @Returns(204, null, [404, 409])
  delete(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.models.delete(actor, id);
  }

  @Get(':id/download')
  @Access('lab:read')
  @ApiOperation({ summary: 'Download the file of a model' })
  @ReturnsBytes('application/octet-stream', [404, 409, 503])
  download(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.downloads.model(actor, id, request, response);
  }
}
