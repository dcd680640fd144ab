import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who owns an organisation, what it has set, and when it will be gone. */
export class ExtendOrganizations1795219213000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE organizations
        ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN owner_id uuid
          CONSTRAINT organizations_owner_id_fkey REFERENCES users (id) ON DELETE SET NULL,
        ADD COLUMN deletion_at timestamptz`);
    await runner.query(`CREATE INDEX organizations_owner_id_idx ON organizations (owner_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE organizations DROP COLUMN settings, DROP COLUMN owner_id, DROP COLUMN deletion_at`);
  }
}
