import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { PipelineConfigDto } from '../evaluation/pipeline-config.dto.js';
import { InstanceIdPipe } from './instance-id.dto.js';
import {
  AssignmentDto,
  AssignmentPageDto,
  AssignModelDto,
  ListAssignmentsQuery,
  UnassignQuery,
} from './lab-assignments.dto.js';
import { LabAssignmentsService } from './lab-assignments.service.js';
import { PipelineStatusDto } from './lab-instances.dto.js';
import { LabInstancesService } from './lab-instances.service.js';

@ApiTags('Lab')
@Controller('lab')
export class LabInstancesController {
  constructor(
    private readonly assignments: LabAssignmentsService,
    private readonly instances: LabInstancesService,
  ) {}

  @Post('assign-model')
  @Access('lab:write')
  @ApiOperation({ summary: 'Let a model judge an instance' })
  @Returns(201, AssignmentDto, [400, 404, 413, 415])
  assign(@CurrentActor() actor: Actor, @Body() request: AssignModelDto): Promise<AssignmentDto> {
    return this.assignments.assign(actor, request);
  }

  @Delete('assign-model/:instance_id')
  @Access('lab:write')
  @ApiOperation({ summary: 'Return an instance to the built-in model, or end its challenge' })
  @Returns(204, null, [400, 404])
  unassign(
    @CurrentActor() actor: Actor,
    @Param('instance_id', InstanceIdPipe) instanceId: string,
    @Query() { role }: UnassignQuery,
  ): Promise<void> {
    return this.assignments.unassign(actor, instanceId, role);
  }

  @Get('assignments/:instance_id')
  @Access('lab:read')
  @ApiOperation({ summary: 'List which models judged an instance from when until when, the latest first' })
  @Returns(200, AssignmentPageDto, [400, 404])
  history(
    @CurrentActor() actor: Actor,
    @Param('instance_id', InstanceIdPipe) instanceId: string,
    @Query() query: ListAssignmentsQuery,
  ): Promise<AssignmentPageDto> {
    return this.assignments.history(actor, instanceId, query);
  }

  @Get('config/:instance_id')
  @Access('lab:read')
  @ApiOperation({ summary: 'Read the pipeline of an instance: the defaults, until somebody changes it' })
  @Returns(200, PipelineConfigDto, [404])
  config(
    @CurrentActor() actor: Actor,
    @Param('instance_id', InstanceIdPipe) instanceId: string,
  ): Promise<PipelineConfigDto> {
    return this.instances.config(actor, instanceId);
  }

  @Put('config/:instance_id')
  @Access('lab:write')
  @ApiOperation({ summary: 'Replace the pipeline of an instance; what is left out has its default' })
  @Returns(200, PipelineConfigDto, [400, 404, 413, 415])
  configure(
    @CurrentActor() actor: Actor,
    @Param('instance_id', InstanceIdPipe) instanceId: string,
    @Body() config: PipelineConfigDto,
  ): Promise<PipelineConfigDto> {
    return this.instances.configure(actor, instanceId, config);
  }

  @Get('pipeline-status/:instance_id')
  @Access('lab:read')
  @ApiOperation({
    summary: 'Read what an instance is evaluated with, and how the last evaluation went stage by stage',
  })
  @Returns(200, PipelineStatusDto, [404])
  status(
    @CurrentActor() actor: Actor,
    @Param('instance_id', InstanceIdPipe) instanceId: string,
  ): Promise<PipelineStatusDto> {
    return this.instances.status(actor, instanceId);
  }
}
