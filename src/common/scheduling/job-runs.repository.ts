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

/** One row a job: what it did before stays until it has done something else. */
@Injectable()
export class JobRunsRepository {
  constructor(private readonly sql: Sql) {}

  async begin(name: string, at: Date): Promise<void> {
    await this.sql.execute({
      text: `INSERT INTO job_runs (name, started_at) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET started_at = $2, finished_at = NULL`,
      values: [name, at],
    });
  }

  async succeed(name: string, at: Date): Promise<void> {
    await this.sql.execute({
      text: `UPDATE job_runs SET finished_at = $2, outcome = 'done', error = NULL, succeeded_at = $2 WHERE name = $1`,
      values: [name, at],
    });
  }

  /** @param error a code. */
  async fail(name: string, at: Date, error: string): Promise<void> {
    await this.sql.execute({
      text: `UPDATE job_runs SET finished_at = $2, outcome = 'failed', error = $3 WHERE name = $1`,
      values: [name, at, error],
    });
  }

  list(): Promise<JobRunRow[]> {
    return this.sql.rows<JobRunRow & Record<string, unknown>>({
      text: 'SELECT name, started_at, finished_at, outcome, error, succeeded_at FROM job_runs ORDER BY name',
    });
  }
}
