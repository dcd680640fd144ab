import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { digestOf, randomSecret } from '../../common/crypto/secrets.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuthErrors } from './auth.errors.js';
import { RefreshRules } from './refresh-rules.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionsRepository, type SessionPrincipalRow } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

interface Exchanged {
  readonly token: string;
  readonly session: SessionPrincipalRow;
}

const PURGED_AT_ONCE = 10_000;

/**
 * Refresh tokens work once; each exchange makes the next link of its session's
 * family. Replaying one beyond the grace of its immediate successor betrays
 * theft and ends the session (RFC 9700 section 4.14).
 */
@Injectable()
export class RefreshTokensService {
  constructor(
    private readonly tokens: RefreshTokensRepository,
    private readonly sessions: SessionsRepository,
    private readonly sessionsService: SessionsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly rules: RefreshRules,
  ) {}

  /** The first token of a session; part of the caller's unit of work. */
  async issue(
    session: { readonly id: string; readonly organizationId: string },
    parentId: string | null = null,
  ): Promise<string> {
    const token = randomSecret();
    await this.tokens.insert({
      id: newId(),
      organizationId: session.organizationId,
      sessionId: session.id,
      parentId,
      digest: digestOf(token),
      expiresAt: this.rules.expiry(),
    });
    return token;
  }

  /** @throws AppError 401 `invalid_refresh_token` or `refresh_token_reused`. */
  async exchange(token: string): Promise<Exchanged> {
    const outcome = await this.unitOfWork.run(() => this.tryExchange(digestOf(token)));
    // Thrown only now: the end of the session must outlive the refusal.
    if (outcome === 'reused') throw AuthErrors.refreshTokenReused();
    if (outcome === 'invalid') throw AuthErrors.invalidRefreshToken();
    return outcome;
  }

  /** Forgets what has expired; a family that goes on would otherwise keep every link it ever had. */
  async purge(): Promise<void> {
    const now = this.rules.now();
    while ((await this.tokens.purge(now, PURGED_AT_ONCE)) === PURGED_AT_ONCE);
  }

  private async tryExchange(digest: Buffer): Promise<Exchanged | 'reused' | 'invalid'> {
    const sessionId = await this.tokens.findSessionOf(digest);
    const session = sessionId === null ? null : await this.sessions.lockPrincipal(sessionId);
    const presented = session === null ? null : await this.tokens.findByDigest(digest);
    if (session === null || presented === null || !this.rules.isLive(session, presented)) return 'invalid';
    const user = { id: session.user_id, organizationId: session.organization_id };
    if (!this.rules.mayBeExchanged(presented)) {
      await this.sessionsService.end(user, { only: session.session_id }, 'refresh_token_reuse', null);
      return 'reused';
    }
    await this.tokens.markUsed(presented.id, this.rules.now());
    await this.sessions.extend(session.session_id, this.rules.expiry());
    const next = await this.issue(
      { id: session.session_id, organizationId: session.organization_id },
      presented.id,
    );
    this.events.emit('session.refreshed', { user, sessionId: session.session_id });
    return { token: next, session };
  }
}
