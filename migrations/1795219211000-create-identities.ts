import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who a person is at an issuer elsewhere that they sign in with. */
export class CreateIdentities1795219211000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE identities (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL CONSTRAINT identities_organization_id_fkey REFERENCES organizations (id),
        user_id uuid NOT NULL CONSTRAINT identities_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
        provider text NOT NULL,
        subject text NOT NULL,
        email text,
        last_used_at timestamptz NOT NULL,
        CONSTRAINT identities_provider_subject_key UNIQUE (provider, subject)
      )`);
    await runner.query(`CREATE INDEX identities_user_id_id_idx ON identities (user_id, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE identities`);
  }
}
