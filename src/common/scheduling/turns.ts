import { Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { JobRunsRepository } from './job-runs.repository.js';

/** A timer may fire as much too early as the replica's clock is ahead of the database's. */
const EARLY_MS = 1_000;

/**
 * The turns of the jobs, told apart by the database's clock alone: those of the
 * replicas differ, and step. A turn that somebody has begun is over, whoever
 * asks for it later; unless they died over it.
 */
@Injectable()
export class Turns {
  constructor(
    private readonly runs: JobRunsRepository,
    private readonly scheduler: SchedulerRegistry,
  ) {}

  /** Whether the scheduler calls the job in this moment, and nobody else. Only to be asked before anything is awaited. */
  isFiring(job: string): boolean {
    return this.scheduler.doesExist('cron', job) && this.scheduler.getCronJob(job).isCallbackRunning;
  }

  /** Whether there was a turn of the job since it was last begun. For the holder of the job's lock. */
  async isDue(job: string): Promise<boolean> {
    const last = await this.runs.findLast(job);
    // Begun and not finished, and yet the lock is free: its process died.
    if (last?.finished_at == null) return true;
    const now = last.now.getTime() + EARLY_MS;
    const covered = last.started_at.getTime() + EARLY_MS;
    // Begun in the future: it is the database's clock that was set back.
    if (covered > now) return true;
    const { cronTime } = this.scheduler.getCronJob(job);
    return cronTime.getNextDateFrom(new Date(covered), cronTime.timeZone).toMillis() <= now;
  }
}
