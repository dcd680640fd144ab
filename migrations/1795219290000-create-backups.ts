import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is known of the backups of the whole installation. */
export class CreateBackups1795219290000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE backups (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        kind text NOT NULL,
        engine text NOT NULL,
        parent_id uuid,
        status text NOT NULL,
        trigger text NOT NULL,
        requested_by uuid,
        due_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        started_at timestamptz,
        finished_at timestamptz,
        bytes bigint,
        progress_bytes bigint NOT NULL DEFAULT 0,
        error text,
        error_detail text,
        verification text NOT NULL DEFAULT 'none',
        verified_at timestamptz,
        verification_seconds float8,
        verification_detail text,
        replica text NOT NULL DEFAULT 'none',
        replica_at timestamptz,
        replica_detail text,
        summary jsonb
      )`);
    await runner.query(`CREATE INDEX backups_status_due_at_idx ON backups (status, due_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE backups`);
  }
}
