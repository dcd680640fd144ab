import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['sandbox_sessions', 'sandbox_logs', 'sandbox_actions', 'sandbox_savings'];

/** Machines that somebody lets us decide over for a while, and what came of it. */
export class CreateSandbox1795219260000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createSessions(runner);
    await this.createLogs(runner);
    await this.createActions(runner);
    await this.createSavings(runner);
    for (const table of TABLES) await isolate(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sandbox_savings, sandbox_actions, sandbox_logs, sandbox_sessions`);
  }

  private async createSessions(runner: QueryRunner): Promise<void> {
    // Room in each page for a new version of a row: every batch of log lines counts its session up.
    await runner.query(`
      CREATE TABLE sandbox_sessions (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        instance_id text NOT NULL,
        instance_type text NOT NULL,
        availability_zone text NOT NULL,
        aws_region text NOT NULL,
        aws_access_key_masked text NOT NULL,
        sealed_credentials bytea,
        signal text NOT NULL DEFAULT 'none',
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason text,
        last_log_seq bigint NOT NULL DEFAULT 0
      ) WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX sandbox_sessions_user_id_id_idx ON sandbox_sessions (user_id, id)`);
    await runner.query(
      `CREATE INDEX sandbox_sessions_organization_id_id_idx ON sandbox_sessions (organization_id, id)`,
    );
    await runner.query(
      `CREATE INDEX sandbox_sessions_expires_at_idx ON sandbox_sessions (expires_at) WHERE ended_at IS NULL`,
    );
    await runner.query(`
      CREATE INDEX sandbox_sessions_uncleaned_idx ON sandbox_sessions (ended_at)
      WHERE ended_at IS NOT NULL AND sealed_credentials IS NOT NULL`);
  }

  private async createLogs(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sandbox_logs (
        session_id uuid NOT NULL REFERENCES sandbox_sessions (id) ON DELETE CASCADE,
        seq bigint NOT NULL,
        organization_id uuid NOT NULL REFERENCES organizations (id),
        log_type text NOT NULL,
        level text NOT NULL,
        message text NOT NULL,
        data jsonb,
        event text,
        "timestamp" timestamptz NOT NULL,
        PRIMARY KEY (session_id, seq)
      )`);
  }

  private async createActions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sandbox_actions (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        session_id uuid NOT NULL REFERENCES sandbox_sessions (id) ON DELETE CASCADE,
        kind text NOT NULL,
        status text NOT NULL,
        details jsonb NOT NULL,
        problem text,
        finished_at timestamptz
      )`);
    await runner.query(`CREATE INDEX sandbox_actions_session_id_id_idx ON sandbox_actions (session_id, id)`);
  }

  private async createSavings(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sandbox_savings (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        session_id uuid NOT NULL REFERENCES sandbox_sessions (id) ON DELETE CASCADE,
        action_id uuid NOT NULL REFERENCES sandbox_actions (id) ON DELETE CASCADE,
        decision text NOT NULL,
        spot_price numeric NOT NULL,
        on_demand_price numeric NOT NULL,
        hourly numeric NOT NULL,
        monthly numeric NOT NULL,
        percent numeric NOT NULL
      )`);
    await runner.query(`CREATE INDEX sandbox_savings_session_id_id_idx ON sandbox_savings (session_id, id)`);
    await runner.query(`CREATE INDEX sandbox_savings_action_id_idx ON sandbox_savings (action_id)`);
    await runner.query(
      `CREATE INDEX sandbox_savings_user_id_created_at_idx ON sandbox_savings (user_id, created_at)`,
    );
    await runner.query(
      `CREATE INDEX sandbox_savings_organization_id_created_at_idx ON sandbox_savings (organization_id, created_at)`,
    );
  }
}

async function isolate(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
  await runner.query(`
    CREATE POLICY organization_isolation ON ${table} USING (
      (SELECT current_setting('cloudkeep.organization', true) = '*')
      OR organization_id IS NULL OR organization_id = (SELECT nullif(nullif(current_setting('cloudkeep.organization', true), ''), '*')::uuid)
    )`);
}
