import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import {
  CreateSandboxSessionDto,
  SandboxSessionDto,
  SandboxSessionPageDto,
  SandboxSessionsQuery,
} from './sandbox-sessions.dto.js';
import { SandboxSessionsService } from './sandbox-sessions.service.js';

@ApiTags('Sandbox')
@Controller('sandbox/sessions')
export class SandboxSessionsController {
  constructor(private readonly sessions: SandboxSessionsService) {}

  @Post()
  @Access('sandbox:write')
  @ApiOperation({ summary: 'Open a session over a spot machine, with the keys of its account' })
  @Returns(201, SandboxSessionDto, [400, 413, 415])
  create(@CurrentActor() actor: Actor, @Body() request: CreateSandboxSessionDto): Promise<SandboxSessionDto> {
    return this.sessions.create(actor, request);
  }

  @Get()
  @Access('sandbox:read')
  @ApiOperation({ summary: 'List one’s sessions, the last opened first' })
  @Returns(200, SandboxSessionPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: SandboxSessionsQuery): Promise<SandboxSessionPageDto> {
    return this.sessions.list(actor, query);
  }

  @Get(':id')
  @Access('sandbox:read')
  @ApiOperation({ summary: 'Read one session' })
  @Returns(200, SandboxSessionDto, [404])
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<SandboxSessionDto> {
    return this.sessions.get(actor, id);
  }

  @Delete(':id')
  @Access('sandbox:write')
  @ApiOperation({
    summary: 'End a session, clean up what it left in the cloud, and forget its keys',
    description: 'With `sandbox:cancel` anybody’s in the organisation.',
  })
  @Returns(204, null, [404])
  end(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.sessions.end(actor, id);
  }
}
