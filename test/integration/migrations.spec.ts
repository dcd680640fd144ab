import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions, loadMigrations } from '../../src/database/data-source.js';
import { migrate, revertLast } from '../../src/database/migrate.js';
import { TestApp } from '../support/app.js';

function urlOf(variable: string, database: string): string {
  const url = new URL(process.env[variable] ?? '');
  url.pathname = `/${database}`;
  return url.href;
}

/** A database as `CREATE DATABASE` leaves it, which the application's role owns. */
class EmptyDatabase {
  private constructor(
    readonly name: string,
    private readonly admin: Client,
    private readonly inside: Client,
  ) {}

  static async create(): Promise<EmptyDatabase> {
    const name = `test_${randomBytes(8).toString('hex')}`;
    const admin = new Client({ connectionString: process.env.TEST_POSTGRES_ADMIN_URL });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 OWNER cloudkeep`);
    const inside = new Client({ connectionString: urlOf('TEST_POSTGRES_ADMIN_URL', name) });
    await inside.connect();
    return new EmptyDatabase(name, admin, inside);
  }

  get url(): string {
    return urlOf('TEST_POSTGRES_TEMPLATE_URL', this.name);
  }

  /** The first column of each row. */
  async list(text: string): Promise<unknown[]> {
    const { rows } = await this.inside.query<unknown[]>({ text, rowMode: 'array' });
    return rows.map(([first]) => first);
  }

  /** Whatever a migration could make, and forget to undo. */
  schema(): Promise<unknown[]> {
    return this.list(EVERYTHING_MADE);
  }

  async drop(): Promise<void> {
    await this.inside.end();
    await this.admin.query(`DROP DATABASE ${this.name} WITH (FORCE)`);
    await this.admin.end();
  }
}

/** Every object that the server did not bring itself, with its definition. */
const EVERYTHING_MADE = `
  WITH ours AS (
    SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
  ), made AS (
    SELECT 'schema ' || nspname AS what FROM pg_namespace JOIN ours USING (oid) WHERE nspname <> 'public'
    UNION ALL SELECT 'relation ' || relkind::text || ' ' || relname || ' ' || relrowsecurity
      FROM pg_class JOIN ours ON ours.oid = relnamespace WHERE relkind <> 'i'
    UNION ALL SELECT 'column ' || relname || '.' || attname || ' ' || format_type(atttypid, atttypmod)
        || CASE WHEN attnotnull THEN ' not null' ELSE '' END || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
      FROM pg_class JOIN ours ON ours.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE relkind IN ('r', 'p', 'v', 'm') AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid)
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN ours ON ours.oid = relnamespace
    UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
      FROM pg_constraint JOIN ours ON ours.oid = connamespace
    UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'policy ' || polname FROM pg_policy
    UNION ALL SELECT 'function ' || pg_get_functiondef(pg_proc.oid)
      FROM pg_proc JOIN ours ON ours.oid = pronamespace WHERE prokind IN ('f', 'p')
    UNION ALL SELECT 'type ' || typname FROM pg_type JOIN ours ON ours.oid = typnamespace
      WHERE typtype IN ('e', 'd', 'r')
    UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL SELECT 'publication ' || pubname FROM pg_publication
    UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
  )
  SELECT what FROM made ORDER BY what`;

let database: EmptyDatabase;
beforeEach(async () => {
  database = await EmptyDatabase.create();
});
afterEach(() => database.drop());

const names = async () => (await loadMigrations()).map(({ name }) => name);

async function revertAll(): Promise<string[]> {
  const reverted: string[] = [];
  for (;;) {
    const name = await revertLast(database.url);
    if (name === null) return reverted;
    reverted.push(name);
  }
}

/** The table in which TypeORM notes what ran, on its own. */
async function bookkeepingAlone(): Promise<unknown[]> {
  const other = await EmptyDatabase.create();
  const dataSource = await new DataSource({
    ...dataSourceOptions(other.url, 1),
    migrations: [],
  }).initialize();
  try {
    await dataSource.runMigrations();
    return await other.schema();
  } finally {
    await dataSource.destroy();
    await other.drop();
  }
}

describe('migrations', () => {
  it('run up, down to nothing one by one, and up again to the same schema', async () => {
    const expected = await names();
    expect(expected.length).toBeGreaterThan(0);

    expect(await migrate(database.url)).toEqual(expected);
    const first = await database.schema();
    expect(first).toEqual(expect.arrayContaining([expect.stringContaining('refuse_audit_change')]));

    expect(await revertAll()).toEqual(expected.toReversed());
    expect(await database.schema()).toEqual(await bookkeepingAlone());

    expect(await migrate(database.url)).toEqual(expected);
    expect(await database.schema()).toEqual(first);
  });

  it('find nothing to do the second time', async () => {
    await migrate(database.url);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('find nothing to undo where none ever ran', async () => {
    expect(await revertLast(database.url)).toBeNull();
  });

  it('undo the newest only', async () => {
    await migrate(database.url);
    const newest = (await names()).at(-1);
    expect(await revertLast(database.url)).toBe(newest);
    expect(await migrate(database.url)).toEqual([newest]);
  });

  it('run once when five replicas start at the same instant', async () => {
    const expected = await names();
    const ran = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
    expect(ran.flat()).toEqual(expected);
    expect(await database.list('SELECT name FROM migrations ORDER BY id')).toEqual(expected);
  });

  it('are refused on a server older than PostgreSQL 15, in one line, before anything is written', async () => {
    await pretendVersion('14.11', 140_011);
    await expect(migrate(database.url)).rejects.toMatchObject({
      name: 'StartupError',
      message: 'PostgreSQL 15 or newer is needed; the server at DATABASE_URL is 14.11.',
    });
    expect(await database.list(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
    await pretendVersion('15.0', 150_000);
    expect(await migrate(database.url)).toEqual(await names());
  });

  it('tell in one line where the database is that can not be reached, without its password', async () => {
    const url = new URL(database.url);
    url.password = 'not-the-password';
    url.pathname = '/nowhere';
    const failure = await migrate(url.href).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'StartupError', message: expect.stringContaining('/nowhere') });
    expect((failure as Error).message).not.toMatch(/\n|not-the-password/);
  });
});

/** Shadows `current_setting` in this database: the server stays as new as it is. */
async function pretendVersion(version: string, number: number): Promise<void> {
  await database.list(`
    CREATE OR REPLACE FUNCTION public.current_setting(name text) RETURNS text LANGUAGE sql AS $$
      SELECT CASE name WHEN 'server_version' THEN '${version}' WHEN 'server_version_num' THEN '${number}'
        ELSE pg_catalog.current_setting(name) END $$`);
  await database.list(`ALTER DATABASE ${database.name} SET search_path = public, pg_catalog`);
}

describe('the migrated schema', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  /** What TypeORM would change to make the schema what the entities say. */
  async function drift(): Promise<string[]> {
    const { upQueries } = await app.cloudkeep.nest.get(DataSource).driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  }

  it('is what the entities say', async () => {
    expect(await drift()).toEqual([]);
  });

  it.each([
    [
      'a column too many',
      'users ADD COLUMN planted text',
      'users DROP COLUMN planted',
      /DROP COLUMN "planted"/,
    ],
    [
      'a column too few',
      'users DROP COLUMN full_name',
      'users ADD COLUMN full_name text',
      /ADD "full_name" text/,
    ],
    [
      'a column that may be null',
      'sessions ALTER COLUMN expires_at DROP NOT NULL',
      'sessions ALTER COLUMN expires_at SET NOT NULL',
      /"expires_at" SET NOT NULL/,
    ],
    [
      'a column of another type',
      'login_attempts ALTER COLUMN failures TYPE bigint',
      'login_attempts ALTER COLUMN failures TYPE integer',
      /"failures"/,
    ],
    [
      'a foreign key too few',
      'sessions DROP CONSTRAINT sessions_user_id_fkey',
      'sessions ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE',
      /"sessions_user_id_fkey"/,
    ],
  ])('would be seen to have %s', async (_, plant, mend, seen) => {
    await app.database.query(`ALTER TABLE ${plant}`);
    expect((await drift()).join('\n')).toMatch(seen);
    await app.database.query(`ALTER TABLE ${mend}`);
    expect(await drift()).toEqual([]);
  });
});
