import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = `
  id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  organization_id uuid NOT NULL,
  user_id uuid,
  action text NOT NULL,
  resource text NOT NULL,
  details jsonb NOT NULL,
  ip inet,
  user_agent text,
  request_id text,
  CONSTRAINT audit_logs_pkey PRIMARY KEY (id)`;

const POLICY = `
  USING ((SELECT current_setting('cloudkeep.organization', true) = '*')
    OR organization_id IS NULL
    OR organization_id = (SELECT nullif(nullif(current_setting('cloudkeep.organization', true), ''), '*')::uuid))`;

/**
 * The trail by months, so that old ones can go as a whole. By id, which is a UUIDv7
 * and so begins with its time: the key stays the id alone, and a page in the order
 * of ids reads one month, not all. Before the first month and after the last are
 * partitions too: a row always has its place, whatever a clock or a job did.
 */
export class PartitionAuditLogs1795219280000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL statement_timeout = 0`);
    await setAside(runner);
    await runner.query(`CREATE TABLE audit_logs (${COLUMNS}) PARTITION BY RANGE (id)`);
    await complete(runner);
    await makeFunctions(runner);
    await runner.query(`SELECT start_audit_partitions(
      least((SELECT min(created_at) FROM audit_logs_before), now()), now() + interval '3 months')`);
    await fillFromAside(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SET LOCAL statement_timeout = 0`);
    await setAside(runner);
    await runner.query(`CREATE TABLE audit_logs (${COLUMNS})`);
    await complete(runner);
    await fillFromAside(runner);
    for (const name of [
      'start_audit_partitions(timestamptz, timestamptz)',
      'extend_audit_partitions(timestamptz)',
      'drop_audit_partitions(text)',
      'make_audit_partition(text, text, text)',
      'audit_id_at(timestamp)',
    ])
      await runner.query(`DROP FUNCTION ${name}`);
  }
}

async function setAside(runner: QueryRunner): Promise<void> {
  await runner.query(`ALTER TABLE audit_logs RENAME TO audit_logs_before`);
  await runner.query(
    `ALTER TABLE audit_logs_before RENAME CONSTRAINT audit_logs_pkey TO audit_logs_before_pkey`,
  );
  for (const index of ['organization_id_id_idx', 'user_id_id_idx'])
    await runner.query(`ALTER INDEX audit_logs_${index} RENAME TO audit_logs_before_${index}`);
}

async function fillFromAside(runner: QueryRunner): Promise<void> {
  await runner.query(`INSERT INTO audit_logs SELECT * FROM audit_logs_before`);
  await runner.query(`DROP TABLE audit_logs_before`);
}

/** What the table has beside its columns; a partition has indexes from its parent, and the rest of its own. */
async function complete(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE INDEX audit_logs_organization_id_id_idx ON audit_logs (organization_id, id)`);
  await runner.query(`CREATE INDEX audit_logs_user_id_id_idx ON audit_logs (user_id, id)`);
  await runner.query(`
    CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  await runner.query(`ALTER TABLE audit_logs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
  await runner.query(`CREATE POLICY organization_isolation ON audit_logs ${POLICY}`);
}

async function makeFunctions(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION audit_id_at(at timestamp) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
      SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
    $$`);
  await runner.query(`
    CREATE FUNCTION make_audit_partition(name text, lower text, upper text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      EXECUTE format('CREATE TABLE %I PARTITION OF audit_logs FOR VALUES FROM (%s) TO (%s)', name, lower, upper);
      EXECUTE format('CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', name);
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
      EXECUTE format('CREATE POLICY organization_isolation ON %I %s', name, $policy$${POLICY}$policy$);
    END $$`);
  await runner.query(`
    CREATE FUNCTION start_audit_partitions(oldest timestamptz, newest timestamptz) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      first timestamp := date_trunc('month', oldest AT TIME ZONE 'UTC');
    BEGIN
      PERFORM make_audit_partition('audit_logs_earlier', 'MINVALUE', quote_literal(audit_id_at(first)));
      PERFORM make_audit_partition(to_char(first, '"audit_logs_"YYYY_MM'), quote_literal(audit_id_at(first)),
        quote_literal(audit_id_at(first + interval '1 month')));
      PERFORM make_audit_partition('audit_logs_later', quote_literal(audit_id_at(first + interval '1 month')), 'MAXVALUE');
      PERFORM extend_audit_partitions(newest);
    END $$`);
  await makeUpkeepFunctions(runner);
}

async function makeUpkeepFunctions(runner: QueryRunner): Promise<void> {
  // Rows that found no month are given theirs: none, unless nobody made months for a quarter of a year.
  await runner.query(`
    CREATE FUNCTION extend_audit_partitions(newest timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
    DECLARE
      last timestamp := date_trunc('month', newest AT TIME ZONE 'UTC');
      month timestamp := (SELECT to_date(right(max(relname), 7), 'YYYY_MM') + interval '1 month' FROM pg_class
        JOIN pg_inherits ON inhrelid = pg_class.oid
        WHERE inhparent = 'audit_logs'::regclass AND relname ~ '^audit_logs_\\d{4}_\\d{2}$');
      made integer := 0;
    BEGIN
      IF month > last THEN RETURN 0; END IF;
      ALTER TABLE audit_logs DETACH PARTITION audit_logs_later;
      ALTER TABLE audit_logs_later RENAME TO audit_logs_overdue;
      WHILE month <= last LOOP
        PERFORM make_audit_partition(to_char(month, '"audit_logs_"YYYY_MM'), quote_literal(audit_id_at(month)),
          quote_literal(audit_id_at(month + interval '1 month')));
        month := month + interval '1 month';
        made := made + 1;
      END LOOP;
      PERFORM make_audit_partition('audit_logs_later', quote_literal(audit_id_at(month)), 'MAXVALUE');
      INSERT INTO audit_logs SELECT * FROM audit_logs_overdue;
      DROP TABLE audit_logs_overdue;
      RETURN made;
    END $$`);
  await runner.query(`
    CREATE FUNCTION drop_audit_partitions(month text) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      next timestamp := to_date(month, 'YYYY_MM') + interval '1 month';
    BEGIN
      EXECUTE format('DROP TABLE audit_logs_earlier, %I', 'audit_logs_' || month);
      PERFORM make_audit_partition('audit_logs_earlier', 'MINVALUE', quote_literal(audit_id_at(next)));
    END $$`);
}
