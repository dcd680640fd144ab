import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Personal access tokens and service keys, and the digests of their secrets. */
export class CreateMachineCredentials1795219207000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE machine_credentials (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        kind text NOT NULL CONSTRAINT machine_credentials_kind_check CHECK (kind IN ('pat', 'api_key')),
        user_id uuid REFERENCES users (id) ON DELETE SET NULL,
        minted_by uuid,
        name text NOT NULL,
        scopes text[] NOT NULL,
        allowed_ips text[],
        requests_per_minute integer,
        expires_at timestamptz,
        revoked_at timestamptz,
        revoked_reason text,
        last_used_at timestamptz,
        last_used_ip inet,
        usage_count bigint NOT NULL DEFAULT 0,
        expiry_warned_at timestamptz,
        unused_warned_at timestamptz
      )`);
    await runner.query(
      `CREATE INDEX machine_credentials_user_id_id_idx ON machine_credentials (user_id, id)`,
    );
    await runner.query(
      `CREATE INDEX machine_credentials_organization_id_id_idx ON machine_credentials (organization_id, id)`,
    );
    await runner.query(`CREATE INDEX machine_credentials_minted_by_idx ON machine_credentials (minted_by)`);
    await this.createSecrets(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE machine_credential_secrets, machine_credentials`);
  }

  private async createSecrets(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE machine_credential_secrets (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        credential_id uuid NOT NULL REFERENCES machine_credentials (id) ON DELETE CASCADE,
        digest bytea NOT NULL CONSTRAINT machine_credential_secrets_digest_key UNIQUE,
        masked text NOT NULL,
        expires_at timestamptz
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX machine_credential_secrets_current_key
      ON machine_credential_secrets (credential_id) WHERE expires_at IS NULL`);
    await runner.query(
      `CREATE INDEX machine_credential_secrets_credential_id_idx ON machine_credential_secrets (credential_id)`,
    );
  }
}
