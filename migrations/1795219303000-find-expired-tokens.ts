import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets the hourly purge find the refresh tokens that have expired, not all there are. */
export class FindExpiredTokens1795219303000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX refresh_tokens_expires_at_idx');
  }
}
