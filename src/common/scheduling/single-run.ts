import { Injectable, Logger } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { Tracing } from '../../telemetry/tracing.js';
import { errorCodeOf } from '../../telemetry/error-code.js';
import { JobLocks } from './job-locks.js';
import { JobRunsRepository } from './job-runs.repository.js';
import { RunCounter } from './run-counter.js';
import { Turns } from './turns.js';

/**
 * Runs a job once a turn across all replicas and never twice at a time: whoever gets
 * the job's advisory lock first runs it, the others skip this turn. Whoever calls a job
 * by hand need not wait for one. A failure is logged, counted and kept for all replicas
 * to tell, and the next turn comes as if nothing had happened.
 */
@Injectable()
export class SingleRun {
  private readonly logger = new Logger(SingleRun.name);

  constructor(
    private readonly locks: JobLocks,
    private readonly cls: ClsService,
    private readonly jobRuns: JobRunsRepository,
    private readonly turns: Turns,
    private readonly runs: RunCounter,
    private readonly tracing: Tracing,
  ) {}

  /**
   * @param work gets a signal that aborts where the lock is lost with its connection:
   * from then on another may run the job.
   * @returns whether this call ran the job to its end.
   */
  async run(job: string, work: (lost: AbortSignal) => Promise<void>): Promise<boolean> {
    const outcome = await this.attempt(job, this.turns.isFiring(job), work).catch((error: unknown) => {
      this.logger.error(`Job ${job} failed: ${(error as Error).message}`, (error as Error).stack);
      return 'failed' as const;
    });
    this.runs.count(job, outcome);
    return outcome === 'done';
  }

  private async attempt(
    job: string,
    isTurn: boolean,
    work: (lost: AbortSignal) => Promise<void>,
  ): Promise<'done' | 'skipped'> {
    const outcome = await this.locks.hold(job, (lost) =>
      this.cls.run(async () => {
        if (isTurn && !(await this.isDue(job))) return 'skipped';
        await this.tracing.run(spanOf(job), () => this.recorded(job, () => work(lost)));
        return 'done';
      }),
    );
    return outcome ?? 'skipped';
  }

  private async recorded(job: string, work: () => Promise<void>): Promise<void> {
    await this.note(job, this.jobRuns.begin(job));
    try {
      await work();
    } catch (error) {
      await this.note(job, this.jobRuns.fail(job, errorCodeOf(error)));
      throw error;
    }
    await this.note(job, this.jobRuns.succeed(job));
  }

  /** A job is not kept from its work by what is told of it, nor by what can not be told. */
  private isDue(job: string): Promise<boolean> {
    return this.turns.isDue(job).catch((error: unknown) => {
      this.logger.warn(`Whether job ${job} is due can not be told: ${(error as Error).message}`);
      return true;
    });
  }

  private async note(job: string, noted: Promise<void>): Promise<void> {
    await noted.catch((error: unknown) => {
      this.logger.warn(`How job ${job} fares can not be noted: ${(error as Error).message}`);
    });
  }
}

const spanOf = (job: string) => ({
  name: `job ${job}`,
  kind: 'internal' as const,
  attributes: { 'cloudkeep.job': job },
});
