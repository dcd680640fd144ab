import { Injectable } from '@nestjs/common';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { AuthConfig } from '../../config/config.js';
import type { RefreshTokenRow } from './refresh-tokens.repository.js';
import type { SessionPrincipalRow } from './sessions.repository.js';

/** A lost answer, or two tabs that refresh at once. */
const RETRY_GRACE_MS = 10_000;

/** The times of refresh tokens, apart from what is stored. */
@Injectable()
export class RefreshRules {
  constructor(
    private readonly config: AuthConfig,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  expiry(): Date {
    return secondsAfter(this.clock.now(), this.config.refreshTokenSeconds);
  }

  isLive(session: SessionPrincipalRow, token: RefreshTokenRow): boolean {
    const now = this.clock.now();
    return (
      session.is_active && session.ended_at === null && session.expires_at > now && token.expires_at > now
    );
  }

  /** Never used, or a retry of the immediate parent within the grace, also where that replica's clock is ahead of ours. */
  mayBeExchanged({ used_at: usedAt, child_used: childUsed }: RefreshTokenRow): boolean {
    if (usedAt === null) return true;
    return !childUsed && Math.abs(this.clock.now().getTime() - usedAt.getTime()) <= RETRY_GRACE_MS;
  }
}
