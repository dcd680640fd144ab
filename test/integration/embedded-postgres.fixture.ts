import { execFile, fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import ts from 'typescript';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type EmbeddedServer,
} from '../../src/database/embedded-postgres.js';
import { memoryOrDisk } from '../support/scratch.js';

export const NOBODY = 65_534;
export const isRoot = process.getuid?.() === 0;
/** Below a folder of root's own nothing can be run by anybody else. */
export const isOpenToOthers =
  isRoot && spawnSync('test', ['-x', import.meta.dirname], { uid: NOBODY, gid: NOBODY }).status === 0;

/** Serves until told otherwise: `stop` stops cleanly, `leave` ends without a word to the server. */
const PROGRAM = `
import { startEmbeddedPostgres } from './embedded-postgres.js';
const server = await startEmbeddedPostgres({ dataDir: process.argv[2], settings: { fsync: 'off' } });
process.on('message', async (order) => {
  if (order === 'stop') await server.stop();
  process.disconnect();
});
process.send({ url: server.url, adminUrl: server.adminUrl });
`;

export interface Child {
  readonly process: ChildProcess;
  /** what its server said, once it runs */
  readonly urls: Promise<{ url: string; adminUrl: string }>;
  /** exit code, or the signal that ended it */
  readonly ended: Promise<number | NodeJS.Signals>;
}

interface ChildOptions {
  readonly uid?: number;
  readonly gid?: number;
  /** in a process group of its own, like a command in a terminal */
  readonly detached?: boolean;
}

/** Everything one test starts and writes; `clean()` leaves no process and no file, also after a failure. */
export class Home {
  private readonly servers: EmbeddedServer[] = [];
  private readonly processes: ChildProcess[] = [];

  private constructor(
    readonly path: string,
    private readonly program: string,
  ) {}

  static async make(program: string): Promise<Home> {
    const path = await realpath(await mkdtemp(join(memoryOrDisk(), 'cloudkeep-pg-')));
    await chmod(path, 0o755);
    return new Home(path, program);
  }

  /** One whose server has run and was stopped: to make a data folder takes most of a first start. */
  static async seasoned(program: string): Promise<Home> {
    const home = await Home.make(program);
    await (await home.start()).stop();
    return home;
  }

  /** Becomes what another is, which has to be at rest. */
  async furnish({ path }: Home): Promise<void> {
    await promisify(execFile)('cp', ['-a', join(path, 'data'), this.path]);
  }

  get dataDir(): string {
    return join(this.path, 'data', 'postgres');
  }

  async start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedServer> {
    const server = await startEmbeddedPostgres({
      dataDir: this.dataDir,
      settings: { fsync: 'off' },
      ...options,
    });
    this.servers.push(server);
    return server;
  }

  /** Another process that starts the server. */
  child(options: ChildOptions = {}): Child {
    const child = fork(this.program, [this.dataDir], {
      ...options,
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.processes.push(child);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
    const failed = ended.then((result) =>
      Promise.reject(new Error(`ended before it served (${result}): ${said}`)),
    );
    const served = once(child, 'message').then(([urls]) => urls as { url: string; adminUrl: string });
    const urls = Promise.race([served, failed]);
    urls.catch(() => undefined);
    failed.catch(() => undefined);
    return { process: child, urls, ended };
  }

  /** A program that only lives, as the user who owns `folder`. */
  async bystander(owner: { uid: number; gid: number }): Promise<ChildProcess> {
    const ids = process.getuid?.() === 0 ? owner : {};
    const child = spawn('sleep', ['600'], { ...ids, cwd: '/', stdio: 'ignore' });
    this.processes.push(child);
    await once(child, 'spawn');
    return child;
  }

  /** Pid in the folder's postmaster.pid. */
  async pid(): Promise<number> {
    return Number((await readFile(join(this.dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  }

  async giveTo(uid: number, gid: number): Promise<void> {
    await chown(this.path, uid, gid);
  }

  async clean(): Promise<void> {
    for (const child of this.processes) child.kill('SIGKILL');
    await Promise.allSettled(this.servers.map((server) => server.stop()));
    const pid = await this.pid().catch(() => 0);
    if (pid > 0 && isServer(pid)) {
      process.kill(pid, 'SIGQUIT');
      await gone(pid);
    }
    await rm(this.path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** The sources as JavaScript, below node_modules so that their imports resolve; returns the program's path. */
export async function buildProgram(): Promise<string> {
  const cache = resolve('node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const out = await mkdtemp(join(cache, 'embedded-postgres-'));
  await chmod(out, 0o755);
  const sources = resolve('src', 'database');
  const parts = (await readdir(join(sources, 'embedded-postgres'))).map((name) =>
    join('embedded-postgres', name),
  );
  for (const name of ['embedded-postgres.ts', ...parts]) {
    const text = await readFile(join(sources, name), 'utf8');
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    const target = join(out, name.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, ts.transpileModule(text, { compilerOptions }).outputText);
  }
  await writeFile(join(out, 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(out, 'program.js'), PROGRAM);
  return join(out, 'program.js');
}

/** Rows of one query on a connection of its own. */
export async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Whether the process is a PostgreSQL server that lives (a zombie has no arguments any more). */
export function isServer(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  try {
    return existsSync(file) && readFileSync(file, 'utf8').includes('postgres');
  } catch {
    return false;
  }
}

/** Waits for a process that is not our child, which no event tells of. */
export async function gone(pid: number): Promise<void> {
  while (isServer(pid)) await delay(10);
}
