import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { SessionConnections } from '../../database/session-connections.js';

interface Shared {
  readonly client: Promise<PoolClient>;
  /** Aborts with its connection: from then on others may get the locks. */
  readonly lost: AbortController;
  readonly lose: (error: unknown) => void;
  users: number;
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

  /**
   * @param work gets a signal that aborts where the lock is lost with its connection.
   * @returns null when the job's lock is somebody else's.
   */
  async hold<T>(job: string, work: (lost: AbortSignal) => Promise<T>): Promise<T | null> {
    // A session is given the same lock again and again.
    if (this.held.has(job)) return null;
    this.held.add(job);
    const shared = this.take();
    try {
      if (!(await this.ask(shared, job, 'pg_try_advisory_lock'))) return null;
      try {
        return await work(shared.lost.signal);
      } finally {
        // What was done is done: a lock that can not be given back goes with its connection.
        if (!shared.lost.signal.aborted) await this.ask(shared, job, 'pg_advisory_unlock').catch(ignore);
      }
    } finally {
      this.held.delete(job);
      await this.giveBack(shared);
    }
  }

  private take(): Shared {
    const shared = (this.shared ??= this.open());
    shared.users += 1;
    return shared;
  }

  private open(): Shared {
    const shared: Shared = {
      client: this.connections.connect(),
      lost: new AbortController(),
      lose: (error) => this.lose(shared, error),
      users: 0,
    };
    void shared.client.then((client) => client.on('error', shared.lose), ignore);
    return shared;
  }

  /** Whoever comes next gets another one. */
  private lose(shared: Shared, error: unknown): void {
    shared.lost.abort(error);
    if (this.shared === shared) this.shared = null;
  }

  private async ask(shared: Shared, job: string, wanted: string): Promise<boolean> {
    try {
      const client = await shared.client;
      const key = [AdvisoryLock.jobs, createHash('sha256').update(job).digest().readInt32BE()];
      const { rows } = await client.query<{ done: boolean }>(`SELECT ${wanted}($1, $2) AS done`, key);
      return rows[0]?.done === true;
    } catch (error) {
      this.lose(shared, error);
      throw error;
    }
  }

  private async giveBack(shared: Shared): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0) return;
    if (this.shared === shared) this.shared = null;
    await shared.client.then((client) => {
      client.off('error', shared.lose);
      client.release(shared.lost.signal.aborted);
    }, ignore);
  }
}

const ignore = () => undefined;
