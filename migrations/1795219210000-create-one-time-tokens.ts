import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Secrets for a single use: verification and reset links, exchange codes, invitations. */
export class CreateOneTimeTokens1795219210000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE one_time_tokens (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid REFERENCES organizations (id) ON DELETE CASCADE,
        purpose text NOT NULL,
        subject text NOT NULL,
        digest bytea NOT NULL CONSTRAINT one_time_tokens_digest_key UNIQUE,
        sealed_data bytea NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(
      `CREATE INDEX one_time_tokens_purpose_subject_idx ON one_time_tokens (purpose, subject)`,
    );
    await runner.query(`CREATE INDEX one_time_tokens_expires_at_idx ON one_time_tokens (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE one_time_tokens`);
  }
}
