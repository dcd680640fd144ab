import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { describeWhere } from './where.js';

/** Debian keeps it where only administrators look. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin`;
const HAS_PGBOUNCER = spawnSync('pgbouncer', ['--version'], { env: { PATH } }).status === 0;
/** It refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

export const CONNECT_QUERY = `SET cloudkeep.organization = ''*''; SET statement_timeout = ''30s''; SET idle_in_transaction_session_timeout = ''60s''`;

/** The stories that need one; without a pgbouncer they are skipped, and say so. */
export function describeWithPgBouncer(name: string, stories: () => void): void {
  describeWhere(HAS_PGBOUNCER, 'pgbouncer on PATH', name, stories);
}

/** A real PgBouncer in transaction mode on a free loopback port, with the settings that docs/deployment.md asks for. */
export class PgBouncer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async before(databaseUrl: string, connectQuery = CONNECT_QUERY): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-pgbouncer-'));
    chmodSync(folder, 0o755);
    const { hostname, port, pathname, username, password } = new URL(databaseUrl);
    const at = await freePort();
    const database = `host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password=${password}`;
    const settings = [
      '[databases]',
      `cloudkeep = ${database} connect_query='${connectQuery}'`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${at}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      // Fewer than the application has, so that connections do change hands.
      'default_pool_size = 3',
      'ignore_startup_parameters = options, statement_timeout, idle_in_transaction_session_timeout',
    ];
    const file = join(folder, 'pgbouncer.ini');
    writeFileSync(file, `${settings.join('\n')}\n`);
    const child = spawn('pgbouncer', ['--quiet', file], {
      env: { PATH },
      stdio: 'ignore',
      ...(process.getuid?.() === 0 ? NOBODY : {}),
    });
    const url = `postgres://anybody@127.0.0.1:${at}/cloudkeep`;
    await eventually(() => answers(url), { within: 10_000 });
    return new PgBouncer(child, folder, url);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}
