import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions, loadMigrations } from '../../src/database/data-source.js';
import { describePending, planAll } from '../../src/database/migration-plan.js';
import { migrate, revertLast } from '../../src/database/migrate.js';
import { LOCK_MODES, type LockMode } from '../../src/database/statement-locks.js';
import { runCli } from '../support/cli-process.js';
import { TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await TestDatabase.createEmpty();
});
afterEach(() => database.drop());

/** The strongest lock this transaction holds on each of these tables, by their ids. */
async function heldOn(client: Client, tables: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await client.query<{ table: number; mode: string }>(
    `SELECT relation::int AS table, mode FROM pg_locks
     WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation = ANY ($1)`,
    [tables],
  );
  const held = new Map<number, number>();
  for (const { table, mode } of rows) {
    const words = mode.replace('Lock', '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
    const rank = LOCK_MODES.indexOf(words.toUpperCase() as LockMode);
    expect(rank).toBeGreaterThan(0);
    held.set(table, Math.max(rank, held.get(table) ?? 0));
  }
  return held;
}

/** A statement may give them others. */
async function namesNow(client: Client): Promise<Map<number, string>> {
  const { rows } = await client.query<{ id: number; name: string }>(
    `SELECT oid::int AS id, relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

it('a plan names the locks that PostgreSQL then takes, statement by statement', async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  let checked = 0;
  for (const { statements } of await planAll()) {
    const tables = [...(await namesNow(client)).keys()];
    await client.query('BEGIN');
    for (const { sql, mode, tables: planned } of statements) {
      const names = await namesNow(client);
      const before = await heldOn(client, tables);
      await client.query(sql);
      const after = await heldOn(client, tables);
      const stronger = [...after].filter(([table, rank]) => rank > (before.get(table) ?? 0));
      // Reading is not what anybody waits for.
      const worth = stronger.filter(([, rank]) => rank > LOCK_MODES.indexOf('ACCESS SHARE'));
      for (const [id, rank] of worth) {
        checked++;
        const table = names.get(id) ?? '';
        expect([sql, table, planned.includes(table), LOCK_MODES.indexOf(mode) >= rank]).toEqual([
          sql,
          table,
          true,
          true,
        ]);
      }
    }
    await client.query('COMMIT');
  }
  await client.end();
  expect(checked).toBeGreaterThan(20);
});

it('shows what is to run, in order, and runs none of it', async () => {
  const names = (await loadMigrations()).map(({ name }) => name);
  const plan = await describePending(database.url);
  expect([...plan.matchAll(/^-- (\w+\d{13})$/gm)].map(([, name]) => name)).toEqual(names);
  expect(plan).toMatch(/^-- lock: none\nCREATE TABLE/m);
  expect(plan).toMatch(/^-- \d+ to run, each in a transaction\. Strongest lock: .+\.$/m);
  expect(await database.query(`SELECT FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
});

it('is asked for on the command line; where nothing is to run it says so', async () => {
  const env = { DATABASE_URL: database.url, DATA_DIR: '/nonexistent' };
  await migrate(database.url);
  await revertLast(database.url);
  const newest = (await loadMigrations()).at(-1)?.name;
  const { code, out } = await runCli(['migrate:plan'], { ...env, ...SECRETS });
  expect([code, out]).toEqual([0, expect.stringContaining(`-- ${newest ?? ''}\n`)]);
  await migrate(database.url);
  expect(await describePending(database.url)).toBe('The schema is up to date.');
  // What a person can mend is told in a line, by any of the commands.
  await expect(describePending(`${database.url}-not`)).rejects.toMatchObject({ name: 'StartupError' });
});

it('a migration that would make everybody wait gives up, and changes nothing', async () => {
  await migrate(database.url);
  const reverted = await revertLast(database.url);
  const reader = await new DataSource(dataSourceOptions(database.url, 1)).initialize();
  const runner = reader.createQueryRunner();
  await runner.startTransaction();
  await runner.query('LOCK TABLE users, organizations, migrations IN ACCESS EXCLUSIVE MODE');
  await expect(migrate(database.url, 1)).rejects.toThrow(/gave up after 1 s of waiting for a table/);
  await runner.rollbackTransaction();
  await runner.release();
  await reader.destroy();
  expect(await migrate(database.url, 1)).toEqual([reverted]);
});

it('migrations may take as long as they take, also when the connection of their lock is cut', async () => {
  await database.query(`ALTER DATABASE ${database.name} SET statement_timeout = '20s'`);
  await database.query(`ALTER DATABASE ${database.name} SET lock_timeout = '20s'`);
  await database.query(`
    CREATE FUNCTION meanwhile() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      IF current_setting('statement_timeout') <> '0' OR current_setting('lock_timeout') <> '0'
        THEN RAISE 'limited'; END IF;
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = 'cloudkeep' AND pid <> pg_backend_pid();
    END $$`);
  await database.query('CREATE EVENT TRIGGER meanwhile ON ddl_command_start EXECUTE FUNCTION meanwhile()');
  expect(await migrate(database.url)).toHaveLength((await loadMigrations()).length);
});

const SECRETS = Object.fromEntries(
  ['SECRET_KEY', 'JWT_SECRET_KEY', 'ENCRYPTION_KEY'].map((name) => [
    name,
    `${name}-of-a-test-that-is-long-enough`,
  ]),
);
