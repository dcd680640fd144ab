import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The asymmetric keys of access tokens, sealed. */
export class CreateSigningKeys1795219203000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE signing_keys (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        algorithm text NOT NULL,
        public_key text NOT NULL,
        sealed_private_key bytea NOT NULL,
        retired_at timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE signing_keys`);
  }
}
