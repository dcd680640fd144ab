import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { Counter } from 'prom-client';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { SessionConnections } from '../../database/session-connections.js';
import { Metrics } from '../http/metrics.js';

/**
 * Runs a job once across all replicas and never twice at a time: whoever gets the
 * job's advisory lock runs it, the others skip this turn. A failure is logged and
 * counted, and the next turn comes as if nothing had happened.
 */
@Injectable()
export class SingleRun {
  private readonly logger = new Logger(SingleRun.name);
  private readonly runs: Counter<'job' | 'outcome'>;

  constructor(
    private readonly connections: SessionConnections,
    private readonly cls: ClsService,
    { registry }: Metrics,
  ) {
    this.runs = new Counter({
      name: 'cloudkeep_job_runs_total',
      help: 'Runs of scheduled jobs by outcome.',
      labelNames: ['job', 'outcome'],
      registers: [registry],
    });
  }

  /** @returns whether this call ran the job to its end. */
  async run(job: string, work: () => Promise<void>): Promise<boolean> {
    const outcome = await this.attempt(job, work).catch((error: unknown) => {
      this.logger.error(`Job ${job} failed: ${(error as Error).message}`, (error as Error).stack);
      return 'failed' as const;
    });
    this.runs.inc({ job, outcome });
    return outcome === 'done';
  }

  /** The lock lives on a connection of its own: the job's transactions come and go, and a killed process lets go. */
  private async attempt(job: string, work: () => Promise<void>): Promise<'done' | 'skipped'> {
    const client = await this.connections.connect();
    try {
      const key = [AdvisoryLock.jobs, createHash('sha256').update(job).digest().readInt32BE()];
      const { rows } = await client.query<{ locked: boolean }>(
        'SELECT pg_try_advisory_lock($1, $2) AS locked',
        key,
      );
      if (rows[0]?.locked !== true) return 'skipped';
      try {
        await this.cls.run(work);
        return 'done';
      } finally {
        await client.query('SELECT pg_advisory_unlock($1, $2)', key);
      }
    } finally {
      client.release();
    }
  }
}
