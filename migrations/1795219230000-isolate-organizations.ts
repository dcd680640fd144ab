import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  'audit_logs',
  'conversation_messages',
  'conversations',
  'idempotency_keys',
  'identities',
  'invitations',
  'machine_credential_secrets',
  'machine_credentials',
  'mail_outbox',
  'one_time_tokens',
  'passkeys',
  'recovery_codes',
  'refresh_tokens',
  'roles',
  'sessions',
  'totp_factors',
  'user_preferences',
  'users',
];

/**
 * Row-level security: a query that forgot its organisation finds nothing, not a
 * stranger's row. `cloudkeep.organization` is an id, or `*` for the system
 * itself; unset it shows nothing. Forced, since we own the tables. The settings
 * are read once a query, not once a row, for being in sub-selects. What belongs to no
 * organisation, as a state at the start of a sign-in, is found by its digest alone.
 */
export class IsolateOrganizations1795219230000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await isolate(runner, table, 'organization_id');
    await isolate(runner, 'organizations', 'id');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES, 'organizations']) {
      await runner.query(`DROP POLICY organization_isolation ON ${table}`);
      await runner.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY`);
    }
  }
}

async function isolate(runner: QueryRunner, table: string, column: string): Promise<void> {
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
  await runner.query(`
    CREATE POLICY organization_isolation ON ${table} USING (
      (SELECT current_setting('cloudkeep.organization', true) = '*')
      OR ${column} IS NULL OR ${column} = (SELECT nullif(nullif(current_setting('cloudkeep.organization', true), ''), '*')::uuid)
    )`);
}
