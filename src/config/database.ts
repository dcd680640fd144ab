import type { Env } from './settings.js';

export abstract class DatabaseConfig {
  /** Null asks for the embedded server. */
  abstract readonly url: string | null;
  abstract readonly poolSize: number;
  /** How long a migration waits for a table; 0 for ever. */
  abstract readonly migrationLockSeconds: number;
  /** After which a statement counts as slow; null for never. */
  abstract readonly slowQueryMs: number | null;
  /** Past the PgBouncer that `url` leads to; null when it leads to the server itself. */
  abstract readonly directUrl: string | null;
  abstract readonly replicaUrls: readonly string[];
}

export function databaseOf(env: Env): DatabaseConfig {
  return {
    url: env.DATABASE_URL ?? null,
    poolSize: env.DATABASE_POOL_SIZE,
    migrationLockSeconds: env.MIGRATION_LOCK_SECONDS,
    slowQueryMs: env.SLOW_QUERY_MS === 0 ? null : env.SLOW_QUERY_MS,
    directUrl: env.DATABASE_DIRECT_URL ?? null,
    replicaUrls: env.DATABASE_REPLICA_URLS,
  };
}
