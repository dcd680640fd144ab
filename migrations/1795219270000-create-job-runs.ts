import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How each scheduled job fared last, on whichever replica. */
export class CreateJobRuns1795219270000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE job_runs (
        name text PRIMARY KEY,
        started_at timestamptz NOT NULL,
        finished_at timestamptz,
        outcome text,
        error text,
        succeeded_at timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE job_runs`);
  }
}
