import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage } from '@nestjs/throttler';
import type { Response } from 'express';
import { LimitsConfig } from '../../config/config.js';
import type { RateLimit } from '../../config/rate-limit.js';
import type { Principal } from '../access/actor.js';
import { CommonErrors } from '../errors/common.errors.js';
import { FixedWindowStorage, type Hit } from './fixed-window.storage.js';
import type { SharedWindowStorage } from './shared-window.storage.js';

/** Of every request: what other processes counted may come a moment later, so that none waits for it. */
const GENERAL: ReadonlySet<string> = new Set(['default', 'credential']);

/** Counts requests against the configured limits and tells the client where it stands. */
@Injectable()
export class RateLimiter {
  constructor(
    private readonly limits: LimitsConfig,
    @Inject(ThrottlerStorage) private readonly storage: FixedWindowStorage | SharedWindowStorage,
  ) {}

  /**
   * @param identifier whom the hit counts for.
   * @returns nothing to wait for where hits are counted in memory, as those of most requests are.
   * @throws AppError 429 with `Retry-After` when the limit is used up.
   */
  consume(name: keyof LimitsConfig, identifier: string, response: Response): Promise<void> | undefined {
    const limit = this.limits[name];
    return limit === null ? undefined : this.count(name, identifier, limit, response);
  }

  /**
   * The general limit of a verified caller. A service key counts for itself, since
   * it works while its maker does; a token counts for its owner. A limit of the
   * credential's own takes the general one's place.
   *
   * @throws AppError 429 with `Retry-After` when the limit is used up.
   */
  consumeFor(actor: Principal, response: Response): Promise<void> | undefined {
    const { credential, credentialId, userId, requestsPerMinute } = actor;
    if (requestsPerMinute !== null) {
      const limit = { limit: requestsPerMinute, windowSeconds: 60 };
      return this.count('credential', credentialId, limit, response);
    }
    return this.consume('default', credential === 'api_key' ? credentialId : userId, response);
  }

  /**
   * Counts what an identifier causes without its knowing, such as mails to an account.
   *
   * @returns whether it is still within the limit.
   */
  async permits(name: string, identifier: string, limit: RateLimit): Promise<boolean> {
    return !(await this.hit(`${name}:${identifier}`, limit, name)).isBlocked;
  }

  private count(
    name: string,
    identifier: string,
    limit: RateLimit,
    response: Response,
  ): Promise<void> | undefined {
    const hit = this.hit(`${name}:${identifier}`, limit, name);
    if (hit instanceof Promise) return hit.then((counted) => this.tell(response, limit, counted));
    this.tell(response, limit, hit);
    return undefined;
  }

  private tell(response: Response, limit: RateLimit, { totalHits, timeToExpire, isBlocked }: Hit): void {
    response.setHeader('RateLimit-Limit', limit.limit);
    response.setHeader('RateLimit-Remaining', isBlocked ? 0 : limit.limit - totalHits);
    response.setHeader('RateLimit-Reset', timeToExpire);
    if (isBlocked) throw CommonErrors.tooManyRequests(Math.max(1, timeToExpire));
  }

  private hit(key: string, { limit, windowSeconds }: RateLimit, name: string): Hit | Promise<Hit> {
    const ttl = windowSeconds * 1000;
    const isAtOnce = this.storage instanceof FixedWindowStorage || GENERAL.has(name);
    return isAtOnce ? this.storage.hit(key, ttl, limit) : this.storage.increment(key, ttl, limit);
  }
}
