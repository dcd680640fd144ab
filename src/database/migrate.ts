import { DataSource, type DataSourceOptions } from 'typeorm';
import { AdvisoryLock } from './advisory-locks.js';
import { dataSourceOptions, loadMigrations, TENANT_SETTING } from './data-source.js';
import { StartupError } from './startup-error.js';

const OLDEST_SERVER = 150_000;
/** PostgreSQL's `lock_not_available`. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Brings the schema up to date. Replicas may start together: one migrates, the
 * others wait for its lock and find nothing left to do.
 *
 * @param lockSeconds how long a statement may wait for a table; 0 for ever. Everybody
 *   who comes after it waits as well, so it is better to fail and be tried again.
 * @returns the names of the migrations that ran.
 * @throws StartupError when the server can't be reached or is older than PostgreSQL 15, or a table is in use.
 */
export async function migrate(url: string, lockSeconds = 0): Promise<string[]> {
  return withMigrationLock(url, lockSeconds, async (dataSource) => {
    const ran = await dataSource.runMigrations();
    return ran.map((migration) => migration.name);
  });
}

/** Undoes the newest migration; null when there is none. */
export async function revertLast(url: string, lockSeconds = 0): Promise<string | null> {
  return withMigrationLock(url, lockSeconds, async (dataSource) => {
    const before = await appliedMigrations(dataSource);
    if (before.length === 0) return null;
    await dataSource.undoLastMigration();
    const after = new Set(await appliedMigrations(dataSource));
    return before.find((name) => !after.has(name)) ?? null;
  });
}

async function withMigrationLock<T>(
  url: string,
  lockSeconds: number,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  // Two connections: one holds the lock, the other migrates, in which an index of a large table takes minutes.
  // As options: pg sends no limit of 0, and the role or the database may have one of its own.
  const limits = `-c statement_timeout=0 -c lock_timeout=${lockSeconds * 1000}`;
  const patience = { options: `-c ${TENANT_SETTING}=* ${limits}`, statement_timeout: 0 };
  const migrations = await loadMigrations();
  const dataSource = await openDataSource(url, { ...dataSourceOptions(url, 2, patience), migrations });
  const lock = dataSource.createQueryRunner();
  try {
    await refuseOldServer(dataSource);
    // Another replica's migrations may take as long as they take.
    await lock.query('SET statement_timeout = 0');
    await lock.query('SET lock_timeout = 0');
    await lock.query('SELECT pg_advisory_lock($1)', [AdvisoryLock.migrations]);
    return await work(dataSource);
  } catch (error) {
    if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE)
      throw StartupError.tableInUse(error, lockSeconds);
    throw error;
  } finally {
    // The lock goes with its connection, and may have gone with it before.
    await lock.release();
    await dataSource.destroy();
  }
}

/** Whoever opens it destroys it. @throws StartupError when the server can't be reached. */
export async function openDataSource(url: string, options: DataSourceOptions): Promise<DataSource> {
  try {
    return await new DataSource(options).initialize();
  } catch (error) {
    throw StartupError.databaseUnreachable(url, error);
  }
}

async function refuseOldServer(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ version: string; number: number }[]>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`,
  );
  if (row !== undefined && row.number < OLDEST_SERVER) {
    throw new StartupError(`PostgreSQL 15 or newer is needed; the server at DATABASE_URL is ${row.version}.`);
  }
}

/** Names of the migrations that have run, oldest first. */
export async function appliedMigrations(dataSource: DataSource): Promise<string[]> {
  const [table] = await dataSource.query<{ made: boolean }[]>(
    `SELECT to_regclass('migrations') IS NOT NULL AS made`,
  );
  if (table?.made !== true) return [];
  const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id');
  return rows.map((row) => row.name);
}
