import { Logger } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Counter } from 'prom-client';
import type { Metrics } from '../http/metrics.js';
import type { Redis } from '../redis/redis.js';
import { FixedWindowStorage, hitOf, type Hit } from './fixed-window.storage.js';

const TELL_EVERY_MS = 200;
const WARN_EVERY_MS = 60_000;

/**
 * The windows of all processes, in Redis. `increment` is exact and costs a round
 * trip; `hit` costs none: it decides by what is known here, and five times a second
 * the processes tell each other what they counted.
 *
 * What was learnt is remembered, so that a Redis that is lost or loses its data
 * lets nobody begin anew: this process goes on from what it knows.
 */
export class SharedWindowStorage implements ThrottlerStorage {
  private readonly logger = new Logger('RateLimits');
  private readonly known = new FixedWindowStorage();
  private readonly untold = new Map<string, number>();
  private readonly fallbacks: Counter;
  private timer: NodeJS.Timeout | null = null;
  private quietUntil = 0;

  constructor(
    private readonly redis: Redis,
    { registry }: Metrics,
  ) {
    this.fallbacks = new Counter({
      name: 'cloudkeep_rate_limit_fallbacks_total',
      help: 'Decisions and exchanges about rate limits that went without Redis.',
      registers: [registry],
    });
  }

  async increment(key: string, ttl: number, limit: number): Promise<Hit> {
    try {
      const { hits, leftMs } = await this.redis.count(key, 1, ttl);
      // Answers about a key come in order, each higher than the last, unless Redis has lost what it had.
      if (hits > (this.known.peek(key)?.hits ?? 0)) {
        this.known.learn(key, hits, leftMs);
        return hitOf(hits, leftMs, limit);
      }
    } catch (error) {
      this.fellBack(error as Error);
    }
    return this.known.hit(key, ttl, limit);
  }

  /** At once, by what is known here; what others counted comes within 200 ms. */
  hit(key: string, ttl: number, limit: number): Hit {
    this.untold.set(key, (this.untold.get(key) ?? 0) + 1);
    this.timer ??= setTimeout(() => void this.tell(), TELL_EVERY_MS).unref();
    return this.known.hit(key, ttl, limit);
  }

  /** Never more than a command for each request that was counted; mostly far fewer. */
  private async tell(): Promise<void> {
    const told = [...this.untold];
    this.untold.clear();
    await Promise.all(told.map(([key, hits]) => this.exchange(key, hits))).catch((error: unknown) =>
      this.fellBack(error as Error),
    );
    this.timer = null;
    if (this.untold.size > 0) this.timer = setTimeout(() => void this.tell(), TELL_EVERY_MS).unref();
  }

  private async exchange(key: string, counted: number): Promise<void> {
    const window = this.known.peek(key);
    if (window === null) return;
    const { hits, leftMs } = await this.redis.count(key, Math.min(counted, window.hits), window.leftMs);
    this.known.learn(key, hits + (this.untold.get(key) ?? 0), leftMs);
  }

  private fellBack({ message }: Error): void {
    this.fallbacks.inc();
    const now = performance.now();
    if (now < this.quietUntil) return;
    this.quietUntil = now + WARN_EVERY_MS;
    this.logger.warn(`Rate limits are counted by this process alone for now: ${message}`);
  }
}
