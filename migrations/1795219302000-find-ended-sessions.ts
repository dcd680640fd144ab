import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets the hourly purge find the sessions that were ended, not all there are. */
export class FindEndedSessions1795219302000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX sessions_ended_at_idx ON sessions (ended_at) WHERE ended_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sessions_ended_at_idx');
  }
}
