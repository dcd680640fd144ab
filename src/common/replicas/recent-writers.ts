import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { MOST_LAG_MS } from '../../database/replicas.js';
import { atMost } from '../cache/at-most.js';
import { Redis } from '../redis/redis.js';

/** Until then every replica that is read from has what was written. */
const REMEMBERED_MS = 2 * MOST_LAG_MS;
const MOST_WRITERS = 100_000;

/** Who wrote a moment ago, here or, where Redis is shared, in any process. */
@Injectable()
export class RecentWriters {
  private readonly here = new LRUCache<string, true>({ ...atMost(MOST_WRITERS), ttl: REMEMBERED_MS });

  constructor(private readonly redis: Redis) {}

  /** Resolves once the others know, too; where they can not be told they can not ask either. */
  async add(userId: string): Promise<void> {
    this.here.set(userId, true);
    if (this.redis.isShared) await this.redis.mark(keyOf(userId), REMEMBERED_MS).catch(() => undefined);
  }

  /** In doubt, yes. */
  async has(userId: string): Promise<boolean> {
    if (this.here.has(userId)) return true;
    return this.redis.isShared && this.redis.isMarked(keyOf(userId)).catch(() => true);
  }
}

function keyOf(userId: string): string {
  return `wrote:${userId}`;
}
