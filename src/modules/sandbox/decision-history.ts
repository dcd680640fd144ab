import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Clock } from '../../common/time/clock.js';
import type { Evaluation, EvaluationMode } from '../evaluation/evaluation.service.js';
import { LabService, type InstanceSettings } from '../lab/lab.service.js';
import { ActionsRepository } from './actions.repository.js';
import type { DecisionDto } from './evaluation-answers.dto.js';
import { instanceOf } from './evaluation-requests.js';
import { LogWriters } from './log-writer.js';
import type { SealedSessionRow } from './sandbox-sessions.repository.js';
import { SavingsRepository } from './savings.repository.js';

/** An evaluation, and with what it was made. */
export interface EvaluationMade {
  readonly settings: InstanceSettings;
  readonly evaluation: Evaluation;
}

/** Where a decision is found afterwards: among the actions, the savings, the lab's experiments, and in its place in the log. */
@Injectable()
export class DecisionHistory {
  constructor(
    private readonly actions: ActionsRepository,
    private readonly savings: SavingsRepository,
    private readonly writers: LogWriters,
    private readonly lab: LabService,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's unit of work. */
  async keep(
    session: SealedSessionRow,
    mode: EvaluationMode,
    decided: DecisionDto,
    made: EvaluationMade,
  ): Promise<void> {
    const { id, organization_id, user_id } = session;
    const at = this.clock.now();
    const { action_id, decision, reason, savings, ...others } = decided;
    await this.actions.insert(organization_id, {
      id: action_id,
      session_id: id,
      kind: 'decision',
      status: 'done',
      details: { mode, decision, reason, ...others },
      created_at: at,
      finished_at: at,
    });
    await this.savings.insert({
      ...savings,
      id: newId(),
      action_id,
      decision,
      session_id: id,
      user_id,
      organization_id,
      created_at: at,
    });
    await this.writers.append(id, {
      log_type: 'SYSTEM',
      level: 'info',
      message: `Decided: ${decision}`,
      data: { session_id: id, ...decided },
      event: 'decision',
    });
    await this.lab.record({
      organizationId: organization_id,
      sessionId: id,
      mode,
      instance: instanceOf(session),
      ...made,
    });
  }
}
