import type { ThrottlerStorage } from '@nestjs/throttler';
import { LRUCache } from 'lru-cache';

interface Window {
  hits: number;
  /** Milliseconds on the monotonic clock. */
  readonly endsAt: number;
}

export interface Hit {
  readonly totalHits: number;
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
}

const MAX_WINDOWS = 100_000;

/**
 * Counts hits in windows that begin with their first hit: constant time and
 * memory a key, and a bounded number of keys. Times out are in seconds, times in
 * in milliseconds, as the throttler's port has them.
 */
export class FixedWindowStorage implements ThrottlerStorage {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_WINDOWS });

  increment(key: string, ttl: number, limit: number): Promise<Hit> {
    return Promise.resolve(this.hit(key, ttl, limit));
  }

  /** As `increment`, at once: nothing here waits for anything. */
  hit(key: string, ttl: number, limit: number): Hit {
    // Whole, or a window of a minute may count 60.000000001 seconds, which round up to 61.
    const now = Math.floor(performance.now());
    let window = this.windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      window = { hits: 0, endsAt: now + ttl };
      this.windows.set(key, window);
    }
    window.hits++;
    const timeToExpire = Math.ceil((window.endsAt - now) / 1000);
    const isBlocked = window.hits > limit;
    return {
      totalHits: window.hits,
      timeToExpire,
      isBlocked,
      timeToBlockExpire: isBlocked ? timeToExpire : 0,
    };
  }
}
