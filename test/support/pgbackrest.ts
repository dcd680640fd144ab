import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { Pool } from 'pg';
import type { BackupsConfig } from '../../src/config/backups.js';
import type { BackupOrder } from '../../src/modules/backups/backup-engine.port.js';
import type { BackupKind, BackupManifest } from '../../src/modules/backups/backup-manifest.js';
import { PgBackRestEngine } from '../../src/modules/backups/engines/pgbackrest/pgbackrest.engine.js';
import { MemoryStore } from '../../src/modules/storage/drivers/memory.driver.js';
import { commandLine, ownerOfServers, repositoryAt } from './pgbackrest-machine.js';
import { engineOn } from './pgbackrest-engine.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { PACKAGES, packagedWith } from './postgres-packages.js';
import { memoryOrDisk } from './scratch.js';
import { describeWhere } from './where.js';

const run = promisify(execFile);
const BIN = packagedWith('initdb');
const HAS_PGBACKREST = spawnSync('pgbackrest', ['version']).status === 0;

/** The stories that need one; without the programs they are skipped, and say so. */
export function describeWithPgBackRest(name: string, stories: () => void): void {
  const what = `pgbackrest on PATH, or no PostgreSQL below ${PACKAGES}`;
  describeWhere(HAS_PGBACKREST && BIN !== undefined, what, name, stories);
}

export interface Settings {
  /** Lines of pgbackrest.conf, for all stanzas. */
  readonly global?: readonly string[];
  /** The lines of `[global]` in the printed configuration, for repositories below this folder; ours where not told. */
  readonly printed?: (folder: string) => readonly string[];
  /** Where the repository is; below the server's own folder unless told. */
  readonly repository?: string;
  /** Not yet: for stories about what is missing. */
  readonly withoutStanza?: boolean;
  /** Seconds until a segment that is not archived fails a backup; 30 unless told. */
  readonly archiveTimeout?: number;
}

/** A real server that archives with pgBackRest, its repository, and the engine on top. */
export class ArchivedServer {
  readonly pool: Pool;
  readonly engine: PgBackRestEngine;
  private postgres: ChildProcess | undefined;

  private archiveTimeout = 30;

  private constructor(
    readonly folder: string,
    readonly repository: string,
    private readonly port: number,
    private readonly owner: { uid: number; gid: number } | undefined,
    private readonly printed: readonly string[] | undefined,
  ) {
    this.pool = new Pool({ host: folder, port, user: 'keeper', database: 'postgres', max: 4 });
    this.pool.on('error', () => undefined);
    this.engine = this.engineWith({});
  }

  static async start(settings: Settings = {}): Promise<ArchivedServer> {
    // pgBackRest waits for a disk at each of a thousand files.
    const folder = mkdtempSync(join(memoryOrDisk(), 'ck-rest-'));
    chmodSync(folder, 0o755);
    const owner = process.getuid?.() === 0 ? await ownerOfServers() : undefined;
    if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
    const repository = settings.repository ?? join(folder, 'repo');
    const printed = settings.printed?.(folder);
    const server = new ArchivedServer(folder, repository, await freePort(), owner, printed);
    server.archiveTimeout = settings.archiveTimeout ?? 30;
    server.configure(settings.global ?? []);
    await server.program('initdb', [
      '-D',
      server.data,
      '-U',
      'keeper',
      '-A',
      'trust',
      '-N',
      '--no-instructions',
    ]);
    server.set('archive_mode', 'on');
    server.set('archive_command', `pgbackrest --config=${server.config} --stanza=main archive-push %p`);
    await server.launch();
    if (settings.withoutStanza !== true) await server.pgbackrest('stanza-create');
    return server;
  }

  /** An empty database of the application's role, which is nobody special. @returns where it is. */
  async createDatabase(name: string): Promise<string> {
    await this.pool.query('CREATE ROLE cloudkeep LOGIN NOSUPERUSER NOBYPASSRLS');
    await this.pool.query(
      `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' OWNER cloudkeep`,
    );
    return `postgres://cloudkeep@127.0.0.1:${this.port}/${name}`;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  get config(): string {
    return join(this.folder, 'pgbackrest.conf');
  }

  configure(global: readonly string[]): void {
    const lines = [
      '[global]',
      ...(this.printed ?? repositoryAt(this.repository)),
      `archive-timeout=${this.archiveTimeout}`,
      'log-level-file=off',
      `lock-path=${this.folder}/lock`,
      ...global,
      '[main]',
      `pg1-path=${this.data}`,
      `pg1-port=${this.port}`,
      `pg1-socket-path=${this.folder}`,
      'pg1-user=keeper',
    ];
    writeFileSync(this.config, `${lines.join('\n')}\n`);
  }

  /** A line of postgresql.conf; the last of a name counts. */
  set(name: string, value: string): void {
    appendFileSync(join(this.data, 'postgresql.conf'), `${name} = '${value}'\n`);
  }

  async launch(extra: Readonly<Record<string, string>> = {}): Promise<void> {
    const settings = {
      port: `${this.port}`,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.folder,
      fsync: 'off',
      ...extra,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.postgres = spawn(join(BIN ?? '', 'postgres'), ['-D', this.data, ...flags], {
      ...this.owner,
      cwd: '/',
      stdio: 'ignore',
    });
    await eventually(
      async () => {
        await this.pool.query('SELECT 1');
      },
      { within: 10_000 },
    );
  }

  /** All of it is gone, and only the repository is left. */
  async destroy(): Promise<void> {
    await this.halt();
    rmSync(this.data, { recursive: true });
  }

  async halt(): Promise<void> {
    if (this.postgres?.exitCode !== null || this.postgres.signalCode !== null) return;
    this.postgres.kill('SIGQUIT');
    await once(this.postgres, 'exit');
  }

  /** Another configuration beside this one. */
  configWith(change: (text: string) => string): string {
    const file = join(this.folder, `${randomUUID()}.conf`);
    writeFileSync(file, change(readFileSync(this.config, 'utf8')));
    return file;
  }

  /** Ends what makes a backup with our configuration, as the kernel does when memory is short. */
  killPgBackRest(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const words = commandLine(pid);
      if (!words.includes(`--config=${this.config}`)) continue;
      // It may have ended meanwhile.
      if (words.some((word) => /^backup(:local)?$/.test(word))) spawnSync('kill', ['-9', pid]);
    }
  }

  async pgbackrest(...args: string[]): Promise<string> {
    return this.pgbackrestWith(this.config, ...args);
  }

  async pgbackrestWith(config: string, ...args: string[]): Promise<string> {
    const all = [`--config=${config}`, '--stanza=main', ...args];
    return (await run('pgbackrest', all, { ...this.owner, cwd: '/' })).stdout;
  }

  engineWith(config: Partial<BackupsConfig>): PgBackRestEngine {
    const own = { binDir: null, pgbackrestStanza: 'main', pgbackrestConfig: this.config };
    return engineOn(this.pool, this.folder, { ...own, ...config } as BackupsConfig);
  }

  async backup(kind: BackupKind, parent: BackupManifest | null = null, over: Partial<BackupOrder> = {}) {
    const id = randomUUID();
    const order = {
      id,
      kind,
      parent,
      store: new MemoryStore(),
      onProgress: () => undefined,
      signal: new AbortController().signal,
      ...over,
    };
    const made = await this.engine.make(order);
    return { ...made, id, kind, engine: 'pgbackrest', parent_id: parent?.id ?? null } as BackupManifest;
  }

  /** The backup as a server of its own for as long as `look` takes. */
  async brought<T>(manifest: BackupManifest, at: Date | null, look: (pool: Pool) => Promise<T>): Promise<T> {
    const { signal } = new AbortController();
    const options = { at, signal, onProgress: () => undefined };
    const server = await this.engine.bringBack(manifest, new MemoryStore(), options);
    const pool = new Pool({ connectionString: server.url, max: 1 });
    try {
      return await look(pool);
    } finally {
      await pool.end();
      await server.close();
    }
  }

  /** What is left of servers that were brought back. */
  get scratch(): string[] {
    const folder = join(this.folder, 'scratch');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  async stop(): Promise<void> {
    await this.pool.end();
    await this.halt();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async program(name: string, args: readonly string[]): Promise<void> {
    await run(join(BIN ?? '', name), args, { ...this.owner, cwd: '/' });
  }
}
