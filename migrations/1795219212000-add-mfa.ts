import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Second factors, the attempts of tokens that need one, and when and how the person of a session was proven. */
export class AddMfa1795219212000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createFactors(runner);
    await runner.query(`ALTER TABLE one_time_tokens ADD COLUMN attempts integer NOT NULL DEFAULT 0`);
    await runner.query(`ALTER TABLE sessions ADD COLUMN authenticated_at timestamptz, ADD COLUMN amr text[]`);
    await runner.query(`UPDATE sessions SET authenticated_at = created_at, amr = '{password}'`);
    await runner.query(
      `ALTER TABLE sessions ALTER COLUMN authenticated_at SET NOT NULL, ALTER COLUMN amr SET NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions DROP COLUMN amr, DROP COLUMN authenticated_at`);
    await runner.query(`ALTER TABLE one_time_tokens DROP COLUMN attempts`);
    await runner.query(`DROP TABLE passkeys, recovery_codes, totp_factors`);
  }
}

async function createFactors(runner: QueryRunner): Promise<void> {
  await runner.query(`
      CREATE TABLE totp_factors (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE
          CONSTRAINT totp_factors_user_id_key UNIQUE,
        sealed_secret bytea NOT NULL,
        confirmed_at timestamptz,
        last_step bigint,
        failures integer NOT NULL DEFAULT 0,
        blocked_until timestamptz NOT NULL DEFAULT '-infinity'
      )`);
  await runner.query(`
      CREATE TABLE recovery_codes (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        digest bytea NOT NULL,
        CONSTRAINT recovery_codes_user_id_digest_key UNIQUE (user_id, digest)
      )`);
  await runner.query(`
      CREATE TABLE passkeys (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        name text NOT NULL,
        credential_id text NOT NULL CONSTRAINT passkeys_credential_id_key UNIQUE,
        public_key bytea NOT NULL,
        counter bigint NOT NULL,
        transports text[] NOT NULL,
        is_backed_up boolean NOT NULL,
        last_used_at timestamptz
      )`);
  await runner.query(`CREATE INDEX passkeys_user_id_id_idx ON passkeys (user_id, id)`);
}
