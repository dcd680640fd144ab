import { Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { JobRunsRepository, type JobRunRow } from './job-runs.repository.js';

/** A job of this version, with its last run on whichever replica. */
export interface Job {
  readonly name: string;
  /** By this machine's time; null once the process is shutting down. */
  readonly nextRunAt: Date | null;
  /** Null before its first. */
  readonly last: JobRunRow | null;
}

/** The jobs there are. */
@Injectable()
export class Jobs {
  constructor(
    private readonly runs: JobRunsRepository,
    private readonly scheduler: SchedulerRegistry,
  ) {}

  /** By name. What an earlier version ran and this one does not is left out. */
  async list(): Promise<Job[]> {
    const last = new Map((await this.runs.list()).map((run) => [run.name, run]));
    return [...this.scheduler.getCronJobs()]
      .map(([name, cron]) => ({
        name,
        nextRunAt: cron.isActive ? cron.nextDate().toJSDate() : null,
        last: last.get(name) ?? null,
      }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }
}
