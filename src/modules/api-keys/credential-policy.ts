import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { CredentialsConfig } from '../../config/config.js';

/** How long tokens and keys may last. */
@Injectable()
export class CredentialPolicy {
  constructor(
    private readonly config: CredentialsConfig,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /**
   * When a credential of this actor is to expire. Left out, it lasts as long as it
   * may: until the policy's end (`MAX_TOKEN_DAYS`), and no longer than the token
   * or key that makes it, or a leaked one could outlive itself.
   *
   * @param asked null asks for one that lasts until it is revoked.
   * @throws AppError 400 naming `expires_at` when it is past or beyond what is allowed.
   */
  expiryFor(actor: Actor, asked: Date | null | undefined): Date | null {
    const now = this.clock.now();
    const latest = this.latestFor(actor, now);
    if (asked === undefined) return latest;
    if (asked !== null && asked <= now) throw fault('must be in the future');
    if (latest !== null && (asked === null || asked > latest)) {
      throw fault(`must not be later than ${latest.toISOString()}`);
    }
    return asked;
  }

  private latestFor(actor: Actor, now: Date): Date | null {
    const { maxLifeSeconds } = this.config;
    const byPolicy = maxLifeSeconds === null ? null : secondsAfter(now, maxLifeSeconds);
    const byMaker = actor.credential === 'session' ? null : actor.expiresAt;
    if (byPolicy === null || byMaker === null) return byPolicy ?? byMaker;
    return new Date(Math.min(byPolicy.getTime(), byMaker.getTime()));
  }
}

function fault(message: string) {
  return CommonErrors.validation([{ field: 'expires_at', message }]);
}
