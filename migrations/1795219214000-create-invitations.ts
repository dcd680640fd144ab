import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom an organisation waits for. */
export class CreateInvitations1795219214000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE invitations (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL
          CONSTRAINT invitations_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
        email text NOT NULL,
        role text NOT NULL,
        invited_by uuid CONSTRAINT invitations_invited_by_fkey REFERENCES users (id) ON DELETE SET NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX invitations_organization_id_email_key ON invitations (organization_id, lower(email))`,
    );
    await runner.query(
      `CREATE INDEX invitations_organization_id_id_idx ON invitations (organization_id, id)`,
    );
    await runner.query(`CREATE INDEX invitations_invited_by_idx ON invitations (invited_by)`);
    await runner.query(`CREATE INDEX invitations_expires_at_idx ON invitations (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE invitations`);
  }
}
