import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = 'sandbox_evaluations';

/** What the last evaluation of a session looked at, so that whoever comes back still sees it. */
export class KeepLastEvaluations1795219301000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ${TABLE} (
        session_id uuid PRIMARY KEY REFERENCES sandbox_sessions (id) ON DELETE CASCADE,
        organization_id uuid NOT NULL REFERENCES organizations (id),
        evaluation jsonb NOT NULL
      )`);
    await runner.query(`ALTER TABLE ${TABLE} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
    await runner.query(`
      CREATE POLICY organization_isolation ON ${TABLE} USING (
        (SELECT current_setting('cloudkeep.organization', true) = '*')
        OR organization_id IS NULL OR organization_id = (SELECT nullif(nullif(current_setting('cloudkeep.organization', true), ''), '*')::uuid)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLE}`);
  }
}
