import { Controller, Get, Param, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Access, CurrentActor, type AuthenticatedRequest } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { PageQuery } from '../../common/pagination/pagination.js';
import { Returns, ReturnsOrStreams } from '../../common/openapi/returns.decorator.js';
import { FoundDto } from './evaluation-answers.dto.js';
import { ActionPageDto, LogsQuery, SandboxLogPageDto, SessionSavingsPageDto } from './history.dto.js';
import { LogsService } from './logs.service.js';
import { SandboxHistoryService } from './sandbox-history.service.js';
import { GroupedSavingsPageDto, SavingsQuery } from './savings.dto.js';

@ApiTags('Sandbox')
@Controller('sandbox')
export class SandboxHistoryController {
  constructor(
    private readonly logs: LogsService,
    private readonly history: SandboxHistoryService,
  ) {}

  @Get('sessions/:id/logs')
  @Access('sandbox:read')
  @ApiOperation({
    summary: 'Read the log of a session in its order, or follow it as server-sent events',
    description:
      'With `follow=true` each line is an event `log` with its `seq` as id; `decision` and `session_ended` come in their places.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'With `follow=true`: the `seq` of the last line seen.',
    schema: { type: 'string' },
  })
  @ReturnsOrStreams(200, SandboxLogPageDto, 'text/event-stream', [400, 404])
  @ApiResponse({ status: 204, description: 'The session is over and all of its log was seen.' })
  readLogs(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: LogsQuery,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SandboxLogPageDto | StreamableFile | undefined> {
    return this.logs.answer(actor, id, query, { request, response });
  }

  @Get('sessions/:id/actions')
  @Access('sandbox:read')
  @ApiOperation({ summary: 'List what was decided in a session and done for it, newest first' })
  @Returns(200, ActionPageDto, [400, 404])
  listActions(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<ActionPageDto> {
    return this.history.actions(actor, id, query);
  }

  @Get('sessions/:id/evaluation')
  @Access('sandbox:read')
  @ApiOperation({ summary: 'Read what the last evaluation of a session found, with all it looked at' })
  @Returns(200, FoundDto, [404])
  lastEvaluation(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<FoundDto> {
    return this.history.lastEvaluation(actor, id);
  }

  @Get('sessions/:id/savings')
  @Access('sandbox:read')
  @ApiOperation({ summary: 'List the savings that the evaluations of a session found, newest first' })
  @Returns(200, SessionSavingsPageDto, [400, 404])
  listSavings(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<SessionSavingsPageDto> {
    return this.history.savings(actor, id, query);
  }

  @Get('savings')
  @Access('sandbox:read')
  @ApiOperation({ summary: 'Add the savings up by session, user, organisation or day' })
  @Returns(200, GroupedSavingsPageDto, [400])
  groupSavings(@CurrentActor() actor: Actor, @Query() query: SavingsQuery): Promise<GroupedSavingsPageDto> {
    return this.history.grouped(actor, query);
  }
}
