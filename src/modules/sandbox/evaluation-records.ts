import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { ActionRow } from './actions.repository.js';
import { CloudActions, type CloudAction } from './cloud-actions.js';
import { DecisionDto, type Decided } from './evaluation-answers.dto.js';
import type { Deed, EvaluateDto } from './evaluations.dto.js';
import { DecisionHistory, type EvaluationMade } from './decision-history.js';
import { OwnSessions } from './own-sessions.js';
import type { SealedSessionRow } from './sandbox-sessions.repository.js';
import { refOf } from './session-endings.js';
import './sandbox.events.js';

/** What came of an evaluation: the decision as kept, and what is still to be done about it. */
export interface Recorded {
  readonly decided: Decided;
  readonly planned: readonly ActionRow[];
}

const DEEDS: Readonly<Record<Deed, readonly CloudAction[]>> = {
  tag: ['create_tags'],
  stop: ['create_tags', 'stop_instance'],
  terminate: ['create_tags', 'terminate_instance'],
};

/** Keeps what was decided, whole or not at all. */
@Injectable()
export class EvaluationRecords {
  constructor(
    private readonly own: OwnSessions,
    private readonly history: DecisionHistory,
    private readonly cloud: CloudActions,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /** @throws AppError 409 or 410 where the session is over by now: nothing of it is kept. */
  record(
    actor: Actor,
    { id }: SealedSessionRow,
    request: EvaluateDto,
    made: EvaluationMade,
  ): Promise<Recorded> {
    return this.unitOfWork.run(async () => {
      const session = await this.own.lockActive(actor, id);
      const decided = DecisionDto.decided(newId(), made.evaluation);
      await this.history.keep(session, request.mode, decided, made);
      const planned = await this.plan(session, request, decided);
      this.events.emit('sandbox.evaluated', {
        actor,
        session: refOf(session),
        actionId: decided.action_id,
        decision: decided.decision,
        actions: planned.map(({ kind }) => kind),
      });
      return { decided, planned };
    });
  }

  private async plan(
    session: SealedSessionRow,
    { execute = false, action = 'tag' }: EvaluateDto,
    { decision, selected, action_id }: Decided,
  ): Promise<ActionRow[]> {
    if (!execute || decision === 'STAY') return [];
    const target =
      selected === null ? 'on-demand' : `${selected.instance_type} in ${selected.availability_zone}`;
    const planned: ActionRow[] = [];
    for (const kind of DEEDS[action]) {
      const tags = { session: session.id, decision, target };
      const details = kind === 'create_tags' ? { action_id, tags } : { action_id };
      planned.push(await this.cloud.plan(session, kind, details));
    }
    return planned;
  }
}
