import { readdir } from 'node:fs/promises';
import type { ClientBase, ClientConfig, PoolConfig } from 'pg';
import type { DataSourceOptions, MigrationInterface } from 'typeorm';
import { SnakeNaming } from './naming.js';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);
const CONNECT_TIMEOUT_MS = 5_000;
/** After which the primary is asked instead. */
const REPLICA_CONNECT_MS = 1_000;
const REPLICA_ANSWER_MS = 5_000;
/** No request of ours needs longer; a runaway statement must not hold its connection for ever. */
const STATEMENT_TIMEOUT_MS = 30_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

/** The setting that row-level security reads: an organisation's id, or `*` for the system itself. */
export const TENANT_SETTING = 'cloudkeep.organization';

type Migration = new () => MigrationInterface;

/** How each connection of a pool begins. */
const CONNECTION = {
  application_name: 'cloudkeep',
  // Row-level security: a connection of ours is the system's until a transaction says whose it is.
  options: `-c ${TENANT_SETTING}=*`,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  // Statements that are sent together cross the network together (see `Sql.queryAs`).
  pipeline: true,
  // The pool hears the faults of connections that lie idle only. One that breaks in use fails what
  // was asked of it, and tells so besides: unheard, that would end the process.
  onConnect: (client: ClientBase) => void client.on('error', () => undefined),
};

/**
 * The one description of our database for the application, the command line and the tests.
 *
 * @param more settings of pg's client.
 */
export function dataSourceOptions(
  url: string,
  poolSize: number,
  more: ClientConfig & PoolConfig = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    poolSize,
    synchronize: false,
    installExtensions: false,
    namingStrategy: new SnakeNaming(),
    migrationsTransactionMode: 'each',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { ...CONNECTION, ...more },
  };
}

/** As the pool of `dataSourceOptions`, past a PgBouncer. */
export function directPoolOptions(url: string, poolSize: number, more: PoolConfig = {}): PoolConfig {
  return {
    ...CONNECTION,
    ...more,
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
}

/** As the pool of `dataSourceOptions`, to a replica. */
export function replicaPoolOptions(url: string, poolSize: number, more: PoolConfig): PoolConfig {
  return {
    ...directPoolOptions(url, poolSize, more),
    application_name: 'cloudkeep-replica',
    connectionTimeoutMillis: REPLICA_CONNECT_MS,
    query_timeout: REPLICA_ANSWER_MS,
  };
}

/** Every migration in the folder, oldest first (file names begin with their timestamp). */
export async function loadMigrations(): Promise<Migration[]> {
  const files = (await readdir(MIGRATIONS)).filter((name) => /^\d+-[a-z-]+\.(js|ts)$/.test(name)).sort();
  const modules = await Promise.all(
    files.map((name) => import(new URL(name, MIGRATIONS).href) as Promise<Record<string, Migration>>),
  );
  return modules.flatMap((module) => Object.values(module));
}
