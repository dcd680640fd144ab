import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { AppError } from '../../common/errors/app-error.js';
import { SandboxConfig } from '../../config/sandbox.js';
import { EvaluationService, type Evaluation } from '../evaluation/evaluation.service.js';
import type { InstanceSettings } from '../lab/lab.service.js';
import { CloudActions } from './cloud-actions.js';
import { EvaluationDto } from './evaluation-answers.dto.js';
import { EvaluationRecords } from './evaluation-records.js';
import { EvaluationRequests } from './evaluation-requests.js';
import type { EvaluateDto } from './evaluations.dto.js';
import { ActionDto } from './history.dto.js';
import { LogWriters } from './log-writer.js';
import type { SealedSessionRow } from './sandbox-sessions.repository.js';
import { SandboxErrors } from './sandbox.errors.js';

/** Decides over the machine of a session, tells of each step as it is taken, and keeps what came of it. */
@Injectable()
export class SandboxEvaluationsService {
  constructor(
    private readonly requests: EvaluationRequests,
    private readonly evaluation: EvaluationService,
    private readonly writers: LogWriters,
    private readonly records: EvaluationRecords,
    private readonly cloud: CloudActions,
    private readonly config: SandboxConfig,
  ) {}

  /**
   * @throws AppError 403 `actions_not_allowed`, 404, 409 `session_ended`, 410 `session_expired`, and what
   *   the evaluation throws; then nothing is kept but the log.
   */
  async evaluate(actor: Actor, id: string, request: EvaluateDto): Promise<EvaluationDto> {
    if (request.execute === true && !this.config.allowsActions) throw SandboxErrors.actionsNotAllowed();
    const session = await this.requests.sessionOf(actor, id);
    const settings = await this.requests.settingsOf(session);
    const evaluation = await this.decide(session, settings, request);
    const { decided, planned } = await this.records.record(actor, session, request, { settings, evaluation });
    const access = planned.length === 0 ? null : this.requests.accessOf(session);
    const actions = await this.cloud.carryOut(session, access, planned);
    return EvaluationDto.of(
      decided,
      evaluation,
      actions.map((action) => ActionDto.of(action)),
    );
  }

  private async decide(
    session: SealedSessionRow,
    settings: InstanceSettings,
    request: EvaluateDto,
  ): Promise<Evaluation> {
    const log = this.writers.open(session.id);
    try {
      return await this.evaluation.evaluate(this.requests.questionOf(session, settings, request), log.write);
    } catch (error) {
      const [code, why] =
        error instanceof AppError ? [error.code, error.detail] : ['internal_error', 'an unexpected fault'];
      const message = `The evaluation failed, nothing was decided: ${why}`;
      log.write({ log_type: 'SYSTEM', level: 'error', message, data: { code } });
      throw error;
    } finally {
      // What the caller is told is in the log by then.
      await log.drained();
    }
  }
}
