import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['audit_chain', 'audit_seals', 'audit_archives'];

/** The order of the trail, each row bound to the one before, what was signed of it, and what has gone into the store. */
export class ChainAuditLogs1795219281000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTables(runner);
    for (const table of TABLES) await isolate(runner, table);
    await runner.query(`
      CREATE FUNCTION refuse_audit_chain_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_chain is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR TRUNCATE ON audit_chain
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_chain_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES, 'audit_keys']) await runner.query(`DROP TABLE ${table}`);
    await runner.query(`DROP FUNCTION refuse_audit_chain_change()`);
  }
}

async function createTables(runner: QueryRunner): Promise<void> {
  // No foreign keys: a row that is gone must be missed, not forbidden or taken along.
  await runner.query(`
    CREATE TABLE audit_chain (
      organization_id uuid NOT NULL,
      seq bigint NOT NULL,
      log_id uuid NOT NULL,
      digest bytea NOT NULL,
      hash bytea NOT NULL,
      PRIMARY KEY (organization_id, seq)
    )`);
  await runner.query(`CREATE UNIQUE INDEX audit_chain_log_id_key ON audit_chain (log_id)`);
  await runner.query(`
    CREATE TABLE audit_seals (
      organization_id uuid NOT NULL,
      seq bigint NOT NULL,
      body text NOT NULL,
      stored_at timestamptz,
      PRIMARY KEY (organization_id, seq)
    )`);
  await runner.query(`
    CREATE TABLE audit_archives (
      organization_id uuid NOT NULL,
      month text NOT NULL,
      rows bigint NOT NULL,
      body text NOT NULL,
      stored_at timestamptz,
      PRIMARY KEY (organization_id, month)
    )`);
  await runner.query(`
    CREATE TABLE audit_keys (
      id uuid PRIMARY KEY,
      created_at timestamptz NOT NULL DEFAULT now(),
      thumbprint text NOT NULL,
      sealed_key bytea NOT NULL
    )`);
  await runner.query(`CREATE UNIQUE INDEX audit_keys_thumbprint_key ON audit_keys (thumbprint)`);
}

async function isolate(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
  await runner.query(`
    CREATE POLICY organization_isolation ON ${table} USING (
      (SELECT current_setting('cloudkeep.organization', true) = '*')
      OR organization_id = (SELECT nullif(nullif(current_setting('cloudkeep.organization', true), ''), '*')::uuid)
    )`);
}
