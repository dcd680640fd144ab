import type { Client } from 'pg';
import { connectSystem } from '../../../database/system-client.js';
import { countRows } from '../database-snapshot.repository.js';
import { newestMigration } from '../restored-database.repository.js';

/** What stands in a database before anything is restored into it. */
export interface TargetState {
  readonly version: string;
  readonly major: number;
  readonly encoding: string;
  readonly isReplica: boolean;
  readonly mayCreate: boolean;
  /** Tables, views and functions of `public`; what extensions bring along does not count. */
  readonly tables: readonly string[];
  /** Tables anywhere else, which nothing here would touch. */
  readonly elsewhere: readonly string[];
  /** Of our schema; null where there is none. */
  readonly schemaVersion: string | null;
  /** Who uses it now, by the names of their connections. */
  readonly users: readonly string[];
}

const OWN_OBJECTS = `SELECT n.nspname AS schema, c.relname AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^(pg_|information_schema$)'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND d.deptype IN ('e', 'a', 'i'))
  UNION ALL
  SELECT n.nspname, p.proname || '()' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                      AND d.deptype = 'e')
  ORDER BY 1, 2`;

/** The database that a backup is restored into. */
export class RestoreTargetRepository {
  private constructor(
    private readonly client: Client,
    readonly url: string,
  ) {}

  /** @throws Error where it can not be reached. */
  static async connect(url: string): Promise<RestoreTargetRepository> {
    return new RestoreTargetRepository(await connectSystem(url), url);
  }

  async state(): Promise<TargetState> {
    const [server] = await this.rows<
      Pick<TargetState, 'version' | 'major' | 'encoding' | 'isReplica' | 'mayCreate'>
    >(
      `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
              current_setting('server_version_num')::int / 10000 AS major,
              pg_is_in_recovery() AS "isReplica",
              coalesce(has_schema_privilege('public', 'CREATE'), false) AS "mayCreate"`,
    );
    const tables = await this.rows<{ schema: string; name: string }>(OWN_OBJECTS);
    const users = await this.rows<{ name: string }>(
      `SELECT DISTINCT coalesce(nullif(application_name, ''), usename, 'somebody') AS name FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    return {
      ...(server ?? { version: '', major: 0, encoding: '', isReplica: false, mayCreate: false }),
      tables: tables.filter(({ schema }) => schema === 'public').map(({ name }) => name),
      elsewhere: tables
        .filter(({ schema }) => schema !== 'public')
        .map(({ schema, name }) => `${schema}.${name}`),
      schemaVersion: await newestMigration(this.client),
      users: users.map(({ name }) => name),
    };
  }

  /** Puts what is there aside, where nobody looks for it. @returns where. */
  async setAside(): Promise<string> {
    const aside = `before_restore_${process.pid}`;
    await this.inOne(`ALTER SCHEMA public RENAME TO ${aside}`, ...EMPTY_PUBLIC);
    return aside;
  }

  /** Brings back what was put aside, in place of what is there now. */
  async putBack(aside: string): Promise<void> {
    await this.inOne('DROP SCHEMA public CASCADE', `ALTER SCHEMA ${aside} RENAME TO public`);
  }

  async discard(aside: string): Promise<void> {
    await this.client.query(`DROP SCHEMA ${aside} CASCADE`);
  }

  /** Rows by table; the server looks at what came, so that it plans its queries well. */
  async settle(): Promise<Record<string, number>> {
    await this.client.query('ANALYZE');
    return countRows(this.client);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async inOne(...statements: readonly string[]): Promise<void> {
    await this.client.query(`BEGIN; ${statements.join('; ')}; COMMIT`).catch(async (error: unknown) => {
      await this.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    });
  }

  private async rows<Row>(text: string): Promise<Row[]> {
    return (await this.client.query(text)).rows as Row[];
  }
}

/** As a new database has it. */
const EMPTY_PUBLIC = [
  'CREATE SCHEMA public AUTHORIZATION pg_database_owner',
  'GRANT USAGE ON SCHEMA public TO PUBLIC',
  `COMMENT ON SCHEMA public IS 'standard public schema'`,
];
