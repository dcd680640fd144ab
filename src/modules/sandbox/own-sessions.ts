import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { Clock } from '../../common/time/clock.js';
import { statusOf } from './sandbox-sessions.dto.js';
import {
  SandboxSessionsRepository,
  type SealedSessionRow,
  type SessionsOf,
} from './sandbox-sessions.repository.js';
import { SandboxErrors } from './sandbox.errors.js';

/** Sessions as a caller may have them: their own; a stranger's is not there. */
@Injectable()
export class OwnSessions {
  constructor(
    private readonly sessions: SandboxSessionsRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 403 where all of the organisation are asked for without `sandbox:cancel`. */
  whose(actor: Actor, all: boolean): SessionsOf {
    const { organizationId, userId } = actor;
    if (!all) return { organizationId, userId };
    if (!actor.holds('sandbox:cancel')) throw SandboxErrors.notYourOrganization();
    return { organizationId, userId: null };
  }

  /** @throws AppError 404. */
  find(actor: Actor, id: string): Promise<SealedSessionRow> {
    return this.mustFind(this.whose(actor, false), id);
  }

  /** @throws AppError 404. */
  findToEnd(actor: Actor, id: string): Promise<SealedSessionRow> {
    return this.mustFind(this.whose(actor, actor.holds('sandbox:cancel')), id);
  }

  /** @throws AppError 404, 409 `session_ended` or 410 `session_expired`. */
  async findActive(actor: Actor, id: string): Promise<SealedSessionRow> {
    const session = await this.find(actor, id);
    this.mustBeActive(session);
    return session;
  }

  /**
   * Holds an active session until the transaction ends.
   *
   * @throws AppError as `findActive`.
   */
  async lockActive(actor: Actor, id: string): Promise<SealedSessionRow> {
    const locked = await this.sessions.lockActive(this.whose(actor, false), id, this.clock.now());
    return locked ?? this.findActive(actor, id);
  }

  private mustBeActive(session: SealedSessionRow): void {
    const status = statusOf(session, this.clock.now());
    if (status === 'expired') throw SandboxErrors.sessionExpired(session.expires_at);
    if (status === 'ended') throw SandboxErrors.sessionEnded();
  }

  private async mustFind(whose: SessionsOf, id: string): Promise<SealedSessionRow> {
    const session = await this.sessions.find(whose, id);
    if (session === null) throw SandboxErrors.sessionNotFound(id);
    return session;
  }
}
