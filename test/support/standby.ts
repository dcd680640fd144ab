import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  lchownSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestDatabase } from './database.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { memoryOrDisk } from './scratch.js';

/** What belongs to the running primary, not to its data. */
const NOT_COPIED = /\/(postmaster\.(pid|opts)|pg_replslot\/.+)$/;

function adminUrl(): URL {
  const url = process.env.TEST_POSTGRES_ADMIN_URL;
  if (url === undefined) throw new Error('TEST_POSTGRES_ADMIN_URL is not set: run the tests with npm test');
  return new URL(url);
}

/** A real streaming replica of the tests' PostgreSQL, that can be made to fall behind. */
export class Standby {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
    private readonly folder: string,
    private readonly superuser: Client,
  ) {}

  static async start(): Promise<Standby> {
    const folder = mkdtempSync(join(memoryOrDisk(), 'cloudkeep-standby-'));
    chmodSync(folder, 0o755);
    const data = join(folder, 'data');
    const primary = new Client({ connectionString: adminUrl().href });
    await primary.connect();
    const { rows } = await primary.query<{ data: string; bin: string }>(
      `SELECT current_setting('data_directory') AS data,
              (SELECT setting FROM pg_config WHERE name = 'BINDIR') AS bin`,
    );
    const [{ data: source, bin } = { data: '', bin: '' }] = rows;
    await copyOf(primary, source, data);
    await primary.end();
    const port = await freePort();
    const { uid, gid } = statSync(source);
    const settings = {
      port: `${port}`,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '300',
      hot_standby: 'on',
      fsync: 'off',
      primary_conninfo: adminUrl().href,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], { uid, gid, stdio: 'ignore' });
    return new Standby(child, port, folder, await reached(port));
  }

  /** Where a database is on this server. */
  urlOf({ url }: TestDatabase): string {
    const here = new URL(url);
    here.port = `${this.port}`;
    return here.href;
  }

  /** From now on it falls behind. */
  async pause(): Promise<void> {
    await this.superuser.query('SELECT pg_wal_replay_pause()');
    await eventually(
      async () => {
        const { rows } = await this.superuser.query('SELECT pg_get_wal_replay_pause_state() AS state');
        expect(rows).toEqual([{ state: 'paused' }]);
      },
      { within: 5_000 },
    );
  }

  async resume(): Promise<void> {
    await this.superuser.query('SELECT pg_wal_replay_resume()');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGQUIT');
      await once(this.child, 'exit');
    }
    await this.superuser.end().catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A base backup (https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP). */
async function copyOf(primary: Client, source: string, target: string): Promise<void> {
  await primary.query(`SELECT pg_backup_start('standby', true)`);
  copyWhatStays(source, target);
  const { rows } = await primary.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
  writeFileSync(join(target, 'backup_label'), rows[0]?.labelfile ?? '');
  writeFileSync(join(target, 'standby.signal'), '');
  const { uid, gid } = statSync(source);
  for (const name of readdirSync(target, { recursive: true }) as string[])
    lchownSync(join(target, name), uid, gid);
  lchownSync(target, uid, gid);
  chmodSync(target, 0o700);
}

/** Other tests' databases come and go meanwhile; what is gone is told by the log that is replayed. */
function copyWhatStays(source: string, target: string): void {
  for (let attempt = 0; ; attempt++) {
    try {
      cpSync(source, target, { recursive: true, force: true, filter: (path) => !NOT_COPIED.test(path) });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt > 20) throw error;
    }
  }
}

async function reached(port: number): Promise<Client> {
  const url = adminUrl();
  url.port = `${port}`;
  let superuser: Client | undefined;
  await eventually(
    async () => {
      superuser = new Client({ connectionString: url.href });
      superuser.on('error', () => undefined);
      await superuser.connect();
    },
    { within: 20_000 },
  );
  if (superuser === undefined) throw new Error('The standby does not answer');
  return superuser;
}
