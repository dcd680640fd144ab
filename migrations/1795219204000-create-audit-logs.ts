import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happened, who did it and from where: written once, never changed. */
export class CreateAuditLogs1795219204000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No foreign key on user_id: the trail outlives the people in it.
    await runner.query(`
      CREATE TABLE audit_logs (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL,
        user_id uuid,
        action text NOT NULL,
        resource text NOT NULL,
        details jsonb NOT NULL,
        ip inet,
        user_agent text,
        request_id text
      )`);
    await runner.query(`CREATE INDEX audit_logs_organization_id_id_idx ON audit_logs (organization_id, id)`);
    await runner.query(`CREATE INDEX audit_logs_user_id_id_idx ON audit_logs (user_id, id)`);
    await runner.query(`
      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_logs is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE audit_logs`);
    await runner.query(`DROP FUNCTION refuse_audit_change()`);
  }
}
