import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { PACKAGES, packagedWith } from './postgres-packages.js';
import { describeWhere } from './where.js';

/** Its server and its clients, of one version. */
export const BIN = packagedWith('postgres', 'initdb', 'pg_dump', 'pg_restore');
/** It refuses to run as root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};
const PASSWORD = 'quartz-meadow-31';

/** The stories that need PostgreSQL's server and clients; without them they are skipped, and say so. */
export function describeWithPostgresTools(name: string, stories: () => void): void {
  describeWhere(BIN !== undefined, `PostgreSQL server with its pg_dump below ${PACKAGES}`, name, stories);
}

/** A PostgreSQL as a distribution packages it, whose version is that of its pg_dump, on a free loopback port. */
export class DebianPostgres {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<DebianPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-debian-'));
    chmodSync(folder, 0o777);
    const data = join(folder, 'data');
    const bin = BIN ?? '';
    const made = spawnSync(
      join(bin, 'initdb'),
      [
        `--pgdata=${data}`,
        '--username=postgres',
        '--auth=trust',
        '--encoding=UTF8',
        '--locale=C.UTF-8',
        '--no-sync',
      ],
      { ...NOBODY, cwd: '/' },
    );
    if (made.status !== 0) throw new Error(made.stderr.toString());
    const port = await freePort();
    const flags = Object.entries({ ...SETTINGS, port: `${port}` }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
      ...NOBODY,
      cwd: '/',
      stdio: 'ignore',
    });
    const server = new DebianPostgres(child, folder, port);
    await eventually(
      async () => {
        await server.asAdmin('SELECT 1');
      },
      { within: 20_000 },
    );
    await server.asAdmin(`CREATE ROLE cloudkeep LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '${PASSWORD}'`);
    return server;
  }

  /** An empty database of the application's role. @returns where it is, with a password that nobody asks for. */
  async createDatabase(name: string, template = 'template0'): Promise<string> {
    await this.asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER cloudkeep`);
    return this.urlOf(name);
  }

  async dropDatabase(name: string): Promise<void> {
    await this.asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
  }

  urlOf(name: string): string {
    return `postgres://cloudkeep:${PASSWORD}@127.0.0.1:${this.port}/${name}`;
  }

  /** As the superuser, past every policy. */
  async asAdmin<Row>(text: string, database = 'postgres'): Promise<Row[]> {
    const url = `postgres://postgres@127.0.0.1:${this.port}/${database}`;
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGQUIT');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Every row of every table, as one digest a table. */
export async function checksums(server: DebianPostgres, database: string): Promise<Record<string, string>> {
  const tables = await server.asAdmin<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1`,
    database,
  );
  const sums = await Promise.all(
    tables.map(({ name }) =>
      server.asAdmin<{ sum: string }>(
        `SELECT count(*) || ' ' || md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) AS sum FROM ${name} t`,
        database,
      ),
    ),
  );
  return Object.fromEntries(tables.map(({ name }, at) => [name, sums[at]?.[0]?.sum ?? '']));
}
