import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { SessionConnections } from '../../database/session-connections.js';

interface Shared {
  readonly client: Promise<PoolClient>;
  users: number;
  isBroken: boolean;
}

/**
 * The locks of the jobs across replicas. All that a process holds live on one
 * connection, which a killed process lets go: with one each, the jobs of a full
 * hour would take the whole pool and wait in vain for what they work with.
 */
@Injectable()
export class JobLocks {
  private readonly held = new Set<string>();
  private shared: Shared | null = null;

  constructor(private readonly connections: SessionConnections) {}

  /** Null when the job's lock is somebody else's. */
  async hold<T>(job: string, work: () => Promise<T>): Promise<T | null> {
    // A session is given the same lock again and again.
    if (this.held.has(job)) return null;
    this.held.add(job);
    const shared = this.take();
    try {
      if (!(await this.ask(shared, job, 'pg_try_advisory_lock'))) return null;
      try {
        return await work();
      } finally {
        await this.ask(shared, job, 'pg_advisory_unlock');
      }
    } finally {
      this.held.delete(job);
      await this.giveBack(shared);
    }
  }

  private take(): Shared {
    const shared = (this.shared ??= { client: this.connections.connect(), users: 0, isBroken: false });
    shared.users += 1;
    return shared;
  }

  private async ask(shared: Shared, job: string, wanted: string): Promise<boolean> {
    try {
      const client = await shared.client;
      const key = [AdvisoryLock.jobs, createHash('sha256').update(job).digest().readInt32BE()];
      const { rows } = await client.query<{ done: boolean }>(`SELECT ${wanted}($1, $2) AS done`, key);
      return rows[0]?.done === true;
    } catch (error) {
      shared.isBroken = true;
      // Whoever comes next gets another one.
      if (this.shared === shared) this.shared = null;
      throw error;
    }
  }

  private async giveBack(shared: Shared): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0) return;
    if (this.shared === shared) this.shared = null;
    await shared.client.then(
      (client) => client.release(shared.isBroken),
      () => undefined,
    );
  }
}
