import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { ApiProblem } from '../../common/openapi/api-problem.decorator.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { RateLimitedAccount } from '../../common/rate-limits/rate-limit.decorator.js';
import { EvaluationDto } from './evaluation-answers.dto.js';
import { EvaluateDto, SignalDto } from './evaluations.dto.js';
import { SandboxEvaluationsService } from './sandbox-evaluations.service.js';
import { SandboxSessionDto } from './sandbox-sessions.dto.js';
import { SandboxSignalsService } from './sandbox-signals.service.js';

@ApiTags('Sandbox')
@Controller('sandbox/sessions/:id')
export class SandboxEvaluationsController {
  constructor(
    private readonly evaluations: SandboxEvaluationsService,
    private readonly signals: SandboxSignalsService,
  ) {}

  @Post('evaluate')
  @Access('sandbox:execute')
  @RateLimitedAccount('query')
  @ApiOperation({ summary: 'Decide whether the machine stays, and where it would be better off' })
  @Returns(200, EvaluationDto, [400, 403, 404, 409, 410, 413, 415])
  @ApiProblem(502, 'The market does not answer.')
  evaluate(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() request: EvaluateDto,
  ): Promise<EvaluationDto> {
    return this.evaluations.evaluate(actor, id, request);
  }

  @Post('signals')
  @Access('sandbox:execute')
  @ApiOperation({ summary: 'Tell of a warning of the cloud, as EventBridge has it' })
  @Returns(200, SandboxSessionDto, [400, 404, 409, 410, 413, 415])
  tell(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() request: SignalDto,
  ): Promise<SandboxSessionDto> {
    return this.signals.tell(actor, id, request);
  }
}
