import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

export const JOB_OUTCOMES = ['done', 'failed'] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];

export interface JobRunRow {
  readonly name: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly outcome: JobOutcome | null;
  readonly error: string | null;
  readonly succeeded_at: Date | null;
}

/** One row a job, by the database's clock: what it did before stays until it has done something else. */
@Injectable()
export class JobRunsRepository {
  constructor(private readonly sql: Sql) {}

  async begin(name: string): Promise<void> {
    await this.sql.execute({
      text: `INSERT INTO job_runs (name, started_at) VALUES ($1, statement_timestamp())
             ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at, finished_at = NULL`,
      values: [name],
    });
  }

  async succeed(name: string): Promise<void> {
    await this.sql.execute({
      text: `UPDATE job_runs SET finished_at = statement_timestamp(), outcome = 'done', error = NULL,
               succeeded_at = statement_timestamp() WHERE name = $1`,
      values: [name],
    });
  }

  /** @param error a code. */
  async fail(name: string, error: string): Promise<void> {
    await this.sql.execute({
      text: `UPDATE job_runs SET finished_at = statement_timestamp(), outcome = 'failed', error = $2 WHERE name = $1`,
      values: [name, error],
    });
  }

  /** When it last ran, and what time it is; null before its first run. */
  findLast(name: string): Promise<(Pick<JobRunRow, 'started_at' | 'finished_at'> & { now: Date }) | null> {
    return this.sql.row({
      text: 'SELECT started_at, finished_at, statement_timestamp() AS now FROM job_runs WHERE name = $1',
      values: [name],
    });
  }

  list(): Promise<JobRunRow[]> {
    return this.sql.rows<JobRunRow & Record<string, unknown>>({
      text: 'SELECT name, started_at, finished_at, outcome, error, succeeded_at FROM job_runs ORDER BY name',
    });
  }
}
