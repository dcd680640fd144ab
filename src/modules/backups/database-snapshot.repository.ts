import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { DatabaseUrl } from '../../database/database-url.js';
import { connectSystem } from '../../database/system-client.js';

/** Whoever waits for a table keeps everybody after them waiting: rather fail, and be tried again. */
export const LOCK_PATIENCE = '60s';

/** One moment of a database, which others may look at while it is open. */
export interface DatabaseSnapshot {
  /** By which pg_dump is told of it. */
  readonly name: string;
  readonly serverVersion: string;
  readonly serverMajor: number;
  /** Rows of each table in it; what was counted can not be dropped before the end. */
  countRows(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

@Injectable()
export class DatabaseSnapshotRepository {
  constructor(private readonly url: DatabaseUrl) {}

  /** @throws Error where the database can not be reached. */
  async open(): Promise<DatabaseSnapshot> {
    const client = await connectSystem(this.url.direct);
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const { rows } = await client.query<{ name: string; version: string; major: number }>(
        `SELECT pg_export_snapshot() AS name, current_setting('server_version') AS version,
                current_setting('server_version_num')::int / 10000 AS major`,
      );
      const [{ name, version, major } = { name: '', version: '', major: 0 }] = rows;
      return {
        name,
        serverVersion: version,
        serverMajor: major,
        countRows: () => countRows(client),
        close: () => client.end(),
      };
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  /** Of the server, as `18`. */
  async serverMajor(): Promise<number> {
    const snapshot = await this.open();
    await snapshot.close();
    return snapshot.serverMajor;
  }
}

/** Of every table there is, the partitions of one each by itself; by its name, with its schema where that is not `public`. */
export async function countRows(client: Client): Promise<Record<string, number>> {
  await client.query(`SET lock_timeout = '${LOCK_PATIENCE}'`);
  const { rows: tables } = await client.query<{ name: string; quoted: string }>(
    `SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name,
            format('%I.%I', n.nspname, c.relname) AS quoted
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema$)'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                         AND d.deptype = 'e')
     ORDER BY n.nspname, c.relname`,
  );
  const counts: Record<string, number> = {};
  for (const { name, quoted } of tables) {
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::float8 AS count FROM ${quoted}`);
    counts[name] = rows[0]?.count ?? 0;
  }
  return counts;
}
