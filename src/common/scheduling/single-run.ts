import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { Counter } from 'prom-client';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { errorCodeOf } from '../errors/error-code.js';
import { SessionConnections } from '../../database/session-connections.js';
import { Metrics } from '../http/metrics.js';
import { Clock } from '../time/clock.js';
import { JobRunsRepository } from './job-runs.repository.js';

/**
 * Runs a job once across all replicas and never twice at a time: whoever gets the
 * job's advisory lock runs it, the others skip this turn. A failure is logged,
 * counted and kept for all replicas to tell, and the next turn comes as if nothing had happened.
 */
@Injectable()
export class SingleRun {
  private readonly logger = new Logger(SingleRun.name);
  private readonly runs: Counter<'job' | 'outcome'>;

  constructor(
    private readonly connections: SessionConnections,
    private readonly cls: ClsService,
    private readonly jobRuns: JobRunsRepository,
    private readonly clock: Clock,
    { registry }: Metrics,
  ) {
    this.runs = new Counter({
      name: 'cloudkeep_job_runs_total',
      help: 'Runs of scheduled jobs by outcome.',
      labelNames: ['job', 'outcome'],
      registers: [registry],
    });
  }

  /**
   * @param work gets a signal that aborts where the lock is lost with its connection:
   * from then on another may run the job.
   * @returns whether this call ran the job to its end.
   */
  async run(job: string, work: (lost: AbortSignal) => Promise<void>): Promise<boolean> {
    const outcome = await this.attempt(job, work).catch((error: unknown) => {
      this.logger.error(`Job ${job} failed: ${(error as Error).message}`, (error as Error).stack);
      return 'failed' as const;
    });
    this.runs.inc({ job, outcome });
    return outcome === 'done';
  }

  /** The lock lives on a connection of its own: the job's transactions come and go, and a killed process lets go. */
  private async attempt(
    job: string,
    work: (lost: AbortSignal) => Promise<void>,
  ): Promise<'done' | 'skipped'> {
    const client = await this.connections.connect();
    const lost = new AbortController();
    const lose = (error: Error) => lost.abort(error);
    // Without a listener a connection that breaks ends the process.
    client.on('error', lose);
    try {
      const key = [AdvisoryLock.jobs, createHash('sha256').update(job).digest().readInt32BE()];
      const { rows } = await client.query<{ locked: boolean }>(
        'SELECT pg_try_advisory_lock($1, $2) AS locked',
        key,
      );
      if (rows[0]?.locked !== true) return 'skipped';
      try {
        await this.cls.run(() => this.recorded(job, () => work(lost.signal)));
        return 'done';
      } finally {
        if (!lost.signal.aborted) await client.query('SELECT pg_advisory_unlock($1, $2)', key);
      }
    } finally {
      client.off('error', lose);
      client.release(lost.signal.aborted);
    }
  }

  private async recorded(job: string, work: () => Promise<void>): Promise<void> {
    await this.note(job, this.jobRuns.begin(job, this.clock.now()));
    try {
      await work();
    } catch (error) {
      await this.note(job, this.jobRuns.fail(job, this.clock.now(), errorCodeOf(error)));
      throw error;
    }
    await this.note(job, this.jobRuns.succeed(job, this.clock.now()));
  }

  /** A job is not kept from its work by what is told of it. */
  private async note(job: string, noted: Promise<void>): Promise<void> {
    await noted.catch((error: unknown) => {
      this.logger.warn(`How job ${job} fares can not be noted: ${(error as Error).message}`);
    });
  }
}
