import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests served under an Idempotency-Key, and their answers, sealed. */
export class CreateIdempotencyKeys1795219206000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        digest bytea PRIMARY KEY,
        organization_id uuid REFERENCES organizations (id) ON DELETE CASCADE,
        fingerprint bytea NOT NULL,
        holder uuid NOT NULL,
        leased_until timestamptz NOT NULL,
        committed_at timestamptz,
        answer bytea,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_keys`);
  }
}
