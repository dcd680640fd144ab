import type { Client } from 'pg';
import { connectSystem } from '../../database/system-client.js';
import { countRows } from './database-snapshot.repository.js';

/** What a database that was brought back says of itself. */
export interface RestoredState {
  readonly tables: Readonly<Record<string, number>>;
  readonly constraints: number;
  /** Constraints that nobody has checked all rows against. */
  readonly unvalidated: readonly string[];
  /** Null where there is none of our schema. */
  readonly schemaVersion: string | null;
  /** Whether its server can look for damage in tables and indexes. */
  readonly hasAmcheck: boolean;
}

/** Looks at a database that was brought back from a backup. @throws Error where it does not answer. */
export async function readRestored(url: string): Promise<RestoredState> {
  const client = await connectSystem(url);
  try {
    const [constraints, unvalidated] = await readConstraints(client);
    return {
      tables: await countRows(client),
      constraints,
      unvalidated,
      schemaVersion: await newestMigration(client),
      hasAmcheck: await isAvailable(client, 'amcheck'),
    };
  } finally {
    await client.end();
  }
}

async function readConstraints(client: Client): Promise<[number, string[]]> {
  const { rows } = await client.query<{ name: string; convalidated: boolean }>(
    `SELECT conrelid::regclass || '.' || conname AS name, convalidated FROM pg_constraint
     WHERE connamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`,
  );
  return [rows.length, rows.filter((row) => !row.convalidated).map(({ name }) => name)];
}

/** Null where migrations never ran. */
export async function newestMigration(client: Client): Promise<string | null> {
  const { rows: made } = await client.query<{ is_made: boolean }>(
    `SELECT to_regclass('public.migrations') IS NOT NULL AS is_made`,
  );
  if (made[0]?.is_made !== true) return null;
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM public.migrations ORDER BY id DESC LIMIT 1',
  );
  return rows[0]?.name ?? null;
}

async function isAvailable(client: Client, extension: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_available_extensions WHERE name = $1', [extension]);
  return (rowCount ?? 0) > 0;
}
