import type { ThrottlerStorage } from '@nestjs/throttler';
import { LRUCache } from 'lru-cache';
import { atMost } from '../cache/at-most.js';

interface Window {
  hits: number;
  /** Milliseconds on the monotonic clock. */
  endsAt: number;
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
 * memory a key, and a bounded number of keys. Times are taken in milliseconds and
 * given in seconds, as the throttler's port has them.
 */
export class FixedWindowStorage implements ThrottlerStorage {
  private readonly windows = new LRUCache<string, Window>(atMost(MAX_WINDOWS));

  increment(key: string, ttl: number, limit: number): Promise<Hit> {
    return Promise.resolve(this.hit(key, ttl, limit));
  }

  /** As `increment`, at once: nothing here waits for anything. */
  hit(key: string, ttl: number, limit: number): Hit {
    const now = wholeNow();
    let window = this.openWindow(key, now);
    if (window === undefined) {
      window = { hits: 0, endsAt: now + ttl };
      this.windows.set(key, window);
    }
    window.hits++;
    return hitOf(window.hits, window.endsAt - now, limit);
  }

  /** What is counted, and until when; null when no window is open. */
  peek(key: string): { readonly hits: number; readonly leftMs: number } | null {
    const now = wholeNow();
    const window = this.openWindow(key, now);
    return window === undefined ? null : { hits: window.hits, leftMs: window.endsAt - now };
  }

  /** Takes over what was counted elsewhere, unless more is known here. */
  learn(key: string, hits: number, leftMs: number): void {
    const now = wholeNow();
    const window = this.openWindow(key, now);
    if (window === undefined) this.windows.set(key, { hits, endsAt: now + leftMs });
    else if (hits > window.hits) Object.assign(window, { hits, endsAt: now + leftMs });
  }

  private openWindow(key: string, now: number): Window | undefined {
    const window = this.windows.get(key);
    return window === undefined || window.endsAt <= now ? undefined : window;
  }
}

export function hitOf(totalHits: number, leftMs: number, limit: number): Hit {
  const timeToExpire = Math.ceil(leftMs / 1000);
  const isBlocked = totalHits > limit;
  return { totalHits, timeToExpire, isBlocked, timeToBlockExpire: isBlocked ? timeToExpire : 0 };
}

/** Whole, or a window of a minute may count 60.000000001 seconds, which round up to 61. */
function wholeNow(): number {
  return Math.floor(performance.now());
}
