import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Failed sign-ins in a row, by a digest of whom they were for. */
export class CreateLoginAttempts1795219202000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE login_attempts (
        subject bytea PRIMARY KEY,
        failures integer NOT NULL,
        blocked_until timestamptz NOT NULL,
        attempted_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE login_attempts`);
  }
}
