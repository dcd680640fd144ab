import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { CloudCleaning } from './cloud-cleaning.js';
import { LogWriters } from './log-writer.js';
import {
  SandboxSessionsRepository,
  type EndReason,
  type SealedSessionRow,
} from './sandbox-sessions.repository.js';
import type { SandboxSessionRef } from './sandbox.events.js';
import './sandbox.events.js';

const SAYS: Readonly<Record<EndReason, string>> = {
  deleted: 'its owner ended it',
  cancelled: 'an operator ended it',
  expired: 'its time is up',
  user_erased: 'its owner’s account was erased',
};

/**
 * The end of a session: its log closes with a last line that tells all listeners, its
 * keys are wiped. Where it has left something in the cloud they are kept until that is
 * cleaned up; a process that dies in between leaves the rest to the next run of the job.
 */
@Injectable()
export class SessionEndings {
  constructor(
    private readonly sessions: SandboxSessionsRepository,
    private readonly cleaning: CloudCleaning,
    private readonly writers: LogWriters,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** @returns false when it was over before. */
  async end(id: string, reason: EndReason, actor: Actor | null): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const session = await this.sessions.lockOpen(id);
      if (session === null) return false;
      await this.close(session, reason, actor);
      return true;
    });
  }

  private async close(session: SealedSessionRow, asked: EndReason, actor: Actor | null): Promise<void> {
    const { id, expires_at } = session;
    const at = this.clock.now();
    // Whoever ends it comes too late where the clock did.
    const reason = asked !== 'user_erased' && expires_at <= at ? 'expired' : asked;
    const planned = await this.cleaning.plan(session);
    const message = `The session has ended: ${SAYS[reason]}`;
    const data = { session_id: id, reason };
    await this.writers.append(id, {
      log_type: 'SYSTEM',
      level: 'info',
      message,
      data,
      event: 'session_ended',
    });
    await this.sessions.end(id, { reason, at, wipe: planned.length === 0 });
    this.events.emit('sandbox.session-ended', { actor, session: refOf(session), reason });
    if (planned.length > 0) await this.unitOfWork.afterCommit(() => this.cleaning.clean(session, planned));
  }
}

export function refOf({ id, user_id, organization_id, instance_id }: SealedSessionRow): SandboxSessionRef {
  return { id, userId: user_id, organizationId: organization_id, instanceId: instance_id };
}
