import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { ExperimentDto, ExperimentPageDto, ListExperimentsQuery, OutcomeDto } from './lab-experiments.dto.js';
import { LabExperimentsService } from './lab-experiments.service.js';

@ApiTags('Lab')
@Controller('lab/experiments')
export class LabExperimentsController {
  constructor(private readonly experiments: LabExperimentsService) {}

  @Get()
  @Access('lab:read')
  @ApiOperation({ summary: 'List experiments of the last 90 days, the latest first' })
  @Returns(200, ExperimentPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: ListExperimentsQuery): Promise<ExperimentPageDto> {
    return this.experiments.list(actor, query);
  }

  @Get(':id')
  @Access('lab:read')
  @ApiOperation({ summary: 'Read an experiment' })
  @Returns(200, ExperimentDto, [404])
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<ExperimentDto> {
    return this.experiments.get(actor, id);
  }

  @Post(':id/outcome')
  @Access('lab:write')
  @ApiOperation({ summary: 'Tell what came of an experiment, once' })
  @Returns(201, ExperimentDto, [400, 404, 409, 413, 415])
  tell(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() outcome: OutcomeDto,
  ): Promise<ExperimentDto> {
    return this.experiments.tellOutcome(actor, id, outcome, false);
  }

  @Put(':id/outcome')
  @Access('lab:write')
  @ApiOperation({ summary: 'Correct what was told of an experiment' })
  @Returns(200, ExperimentDto, [400, 404, 413, 415])
  correct(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() outcome: OutcomeDto,
  ): Promise<ExperimentDto> {
    return this.experiments.tellOutcome(actor, id, outcome, true);
  }
}
