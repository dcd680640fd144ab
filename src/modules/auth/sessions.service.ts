import { Injectable } from '@nestjs/common';
import { AccessErrors } from '../../common/access/access.errors.js';
import type { Actor } from '../../common/access/actor.js';
import { Invalidations } from '../../common/cache/invalidations.js';
import { newId } from '../../common/crypto/ids.js';
import { digestOf } from '../../common/crypto/secrets.js';
import { EventBus } from '../../common/events/event-bus.js';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { refOf, type UserRow } from '../users/users.service.js';
import { AuthErrors } from './auth.errors.js';
import type { Proof } from './evidence.js';
import type { SessionEnd, SessionKind } from './session.entity.js';
import { SessionsRepository, type SessionRow } from './sessions.repository.js';
import './auth.events.js';

const DAY_SECONDS = 86_400;
const ALARM_SHOWN_FOR_SECONDS = 7 * DAY_SECONDS;
const ENDED_KEPT_FOR_SECONDS = 30 * DAY_SECONDS;
const PURGED_AT_ONCE = 10_000;

export interface NewSession {
  readonly kind: SessionKind;
  readonly seconds: number;
  /** How its person was proven, just now. */
  readonly by: readonly Proof[];
  readonly cookieSecret?: string;
}

export interface OpenedSession {
  readonly id: string;
  readonly expiresAt: Date;
}

/** Where people are signed in: opening, listing and ending sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly invalidations: Invalidations,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  /** Opens a session; part of the caller's unit of work. `user` is as before this sign-in. */
  async open(user: UserRow, { kind, seconds, by, cookieSecret }: NewSession): Promise<OpenedSession> {
    const now = this.clock.now();
    const session = { id: newId(), expiresAt: secondsAfter(now, seconds) };
    await this.sessions.insert({
      ...session,
      kind,
      organizationId: user.organization_id,
      userId: user.id,
      cookieDigest: cookieSecret === undefined ? null : digestOf(cookieSecret),
      ip: this.context.ip,
      userAgent: this.context.shortUserAgent,
      lastSeenAt: now,
      authenticatedAt: now,
      amr: [...by],
    });
    const previousLoginAt = user.last_login_at;
    this.events.emit('session.opened', { user: refOf(user), sessionId: session.id, kind, previousLoginAt });
    await this.invalidations.publish(`profile:${user.id}`);
    return session;
  }

  /** @throws AppError 401 `credential_revoked` where the actor's session is over. */
  async kindOf({ credentialId }: Actor): Promise<SessionKind> {
    const kind = await this.sessions.findKind(credentialId, this.clock.now());
    if (kind === null) throw AccessErrors.credentialRevoked();
    return kind;
  }

  /** Its person has shown another factor in it. Part of the caller's unit of work. */
  async addProof(id: string, proof: Proof): Promise<void> {
    await this.sessions.addProof(id, proof);
    await this.invalidations.publish(`session:${id}`);
  }

  list(actor: Actor): Promise<SessionRow[]> {
    const now = this.clock.now();
    return this.sessions.listForUser(actor.userId, now, secondsAfter(now, -ALARM_SHOWN_FOR_SECONDS));
  }

  countActive(userId: string): Promise<{ count: number; firstExpiry: Date | null }> {
    return this.sessions.countActive(userId, this.clock.now());
  }

  /** @throws AppError 404 when the actor has no such session that lasts. */
  async revoke(actor: Actor, id: string): Promise<void> {
    const ended = await this.end(
      ownerOf(actor),
      { only: id },
      id === actor.credentialId ? 'logout' : 'revoked',
      actor,
    );
    if (ended === 0) throw AuthErrors.sessionNotFound(id);
  }

  /** Ends the session the actor came with. */
  async logout(actor: Actor): Promise<void> {
    await this.end(ownerOf(actor), { only: actor.credentialId }, 'logout', actor);
  }

  async logoutEverywhere(actor: Actor): Promise<void> {
    await this.end(ownerOf(actor), {}, 'logout', actor);
  }

  /**
   * Ends sessions of a user; their access tokens die with them, on every replica.
   *
   * @returns how many lasted until now.
   */
  async end(
    user: { readonly id: string; readonly organizationId: string },
    which: { readonly only?: string; readonly except?: string },
    reason: SessionEnd,
    actor: Actor | null,
  ): Promise<number> {
    return this.unitOfWork.run(async () => {
      const sessionIds = await this.sessions.end(user.id, which, this.clock.now(), reason);
      if (sessionIds.length === 0) return 0;
      this.events.emit('session.ended', { user, sessionIds, reason, actor });
      await this.invalidations.publish(
        ...sessionIds.map((id) => `session:${id}` as const),
        `profile:${user.id}`,
      );
      return sessionIds.length;
    });
  }

  /** Removes what is over; ended sessions are kept a while, to know the addresses their owners come from. */
  async purge(): Promise<void> {
    const before = secondsAfter(this.clock.now(), -ENDED_KEPT_FOR_SECONDS);
    while ((await this.sessions.purge(before, PURGED_AT_ONCE)) === PURGED_AT_ONCE);
  }
}

function ownerOf({ userId: id, organizationId }: Actor) {
  return { id, organizationId };
}
