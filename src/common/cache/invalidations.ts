import { Injectable } from '@nestjs/common';
import { Notifications } from '../../database/notifications.js';
import { Sql } from '../../database/sql.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { Clock } from '../time/clock.js';
import { PushedCache } from './pushed-cache.js';

const CHANNEL = 'cloudkeep_invalidation';

/** What an invalidation names: all that hangs on a user, a session, a machine credential, an organisation, a user's profile, or a file. */
export type CacheTag = `${'user' | 'session' | 'credential' | 'organization' | 'profile' | 'file'}:${string}`;

/**
 * Tells every replica which cached things have changed. The message is part of
 * the change's own transaction, so PostgreSQL delivers it exactly when the
 * change becomes visible; this replica forgets at once, before it answers.
 */
@Injectable()
export class Invalidations {
  private readonly caches: PushedCache<unknown>[] = [];

  constructor(
    private readonly notifications: Notifications,
    private readonly sql: Sql,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {
    notifications.listen(
      CHANNEL,
      (tag) => this.forget(tag),
      () => this.forgetEverything(),
    );
  }

  /** A cache that these invalidations keep honest. */
  createCache<Value>(options: { max: number; maxAge: number }): PushedCache<Value> {
    const isLive = () => this.notifications.isLive;
    const cache = new PushedCache<Value>({ ...options, isLive, clock: this.clock });
    this.caches.push(cache as PushedCache<unknown>);
    return cache;
  }

  async publish(...tags: CacheTag[]): Promise<void> {
    await this.sql.execute({
      name: 'publish-invalidations',
      text: `SELECT pg_notify('${CHANNEL}', tag) FROM unnest($1::text[]) AS tag`,
      values: [tags],
    });
    await this.unitOfWork.afterCommit(() => tags.forEach((tag) => this.forget(tag)));
  }

  /** On this replica: for what no tag names, such as a key that many credentials hang on. */
  forgetEverything(): void {
    for (const cache of this.caches) cache.clear();
  }

  private forget(tag: string): void {
    for (const cache of this.caches) cache.drop(tag);
  }
}
