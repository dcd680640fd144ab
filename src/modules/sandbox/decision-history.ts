import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Clock } from '../../common/time/clock.js';
import type { Evaluation, EvaluationMode } from '../evaluation/evaluation.service.js';
import { LabService, type InstanceSettings } from '../lab/lab.service.js';
import { ActionsRepository } from './actions.repository.js';
import { FoundDto, type Decided } from './evaluation-answers.dto.js';
import { instanceOf } from './evaluation-requests.js';
import { LastEvaluationsRepository } from './last-evaluations.repository.js';
import { LogWriters } from './log-writer.js';
import type { SealedSessionRow } from './sandbox-sessions.repository.js';
import { SavingsRepository, type NewSavings } from './savings.repository.js';

/** An evaluation, and with what it was made. */
export interface EvaluationMade {
  readonly settings: InstanceSettings;
  readonly evaluation: Evaluation;
}

/** Where a decision is found afterwards: among the actions, the savings, whole as the session's last, the lab's experiments, and in its place in the log. */
@Injectable()
export class DecisionHistory {
  constructor(
    private readonly actions: ActionsRepository,
    private readonly savings: SavingsRepository,
    private readonly last: LastEvaluationsRepository,
    private readonly writers: LogWriters,
    private readonly lab: LabService,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's unit of work. */
  async keep(
    session: SealedSessionRow,
    mode: EvaluationMode,
    decided: Decided,
    made: EvaluationMade,
  ): Promise<void> {
    const { id: session_id, organization_id } = session;
    const at = this.clock.now();
    const { action_id, savings: _, ...details } = decided;
    await this.actions.insert(organization_id, {
      id: action_id,
      session_id,
      kind: 'decision',
      status: 'done',
      details: { mode, ...details },
      created_at: at,
      finished_at: at,
    });
    await this.savings.insert(savingsOf(session, decided, at));
    await this.last.keep(organization_id, session_id, FoundDto.found(decided, made.evaluation));
    await this.writers.append(session_id, {
      log_type: 'SYSTEM',
      level: 'info',
      message: `Decided: ${decided.decision}`,
      data: { session_id, ...decided },
      event: 'decision',
    });
    const instance = instanceOf(session);
    await this.lab.record({
      organizationId: organization_id,
      sessionId: session_id,
      mode,
      instance,
      ...made,
    });
  }
}

function savingsOf(
  session: SealedSessionRow,
  { action_id, decision, savings }: Decided,
  at: Date,
): NewSavings {
  return {
    id: newId(),
    created_at: at,
    organization_id: session.organization_id,
    user_id: session.user_id,
    session_id: session.id,
    action_id,
    decision,
    spot_price: savings.spot_price,
    on_demand_price: savings.on_demand_price,
    hourly: savings.hourly,
    monthly: savings.monthly,
    percent: savings.percent,
  };
}
