import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runProgram } from '../../../database/embedded-postgres/binaries.js';
import type { Cluster } from '../../../database/embedded-postgres/data-folder.js';
import { lastUsefulLine } from '../../../database/embedded-postgres/errors.js';
import { becoming, serverAccount, type RunAs } from '../../../database/embedded-postgres/os-user.js';
import {
  findPostmaster,
  launchPostmaster,
  stopPostmaster,
} from '../../../database/embedded-postgres/postmaster.js';
import type { ServerPrograms } from './postgres-tools.js';
import { ToolFailed } from './tool-errors.js';

const START_PATIENCE_MS = 120_000;
/** SIGQUIT is PostgreSQL's immediate shutdown, which needs no checkpoint. */
const END_SIGNALS = ['SIGQUIT', 'SIGKILL'] as const;
const END_PATIENCE_MS = 10_000;
const END_POLL_MS = 20;
const SUPERUSER = 'postgres';
/** From which on PostgreSQL sorts by itself, without the system's locales. */
const BUILTIN_LOCALES = 17;

/**
 * Its data is a copy: nothing of it is worth waiting for a disk. Reachable only by a
 * socket in a folder that its user alone may enter.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  archive_mode: 'off',
  autovacuum: 'off',
  ssl: 'off',
  max_connections: '40',
  shared_buffers: '128MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '2GB',
  shared_preload_libraries: '',
  logging_collector: 'off',
  log_destination: 'stderr',
};

/** One folder of `DATA_DIR/scratch`: what is in it, and who holds it. */
export interface ScratchFolder {
  readonly path: string;
  /** Short: the path of a socket has at most 107 bytes. */
  readonly sockets: string;
  /** To be called last: others may then remove what is left. */
  readonly release: () => Promise<void>;
}

export interface ScratchStart {
  /** On top of ours, such as those that a recovery insists on. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A recovery may take hours. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * A throw-away PostgreSQL of one's own: nobody else reaches it, and nothing of it
 * stays. Its data folder is there from the beginning, empty, for whoever wants to fill it.
 */
export class ScratchServer {
  private port: number | undefined;

  private constructor(
    private readonly folder: ScratchFolder,
    private readonly cluster: Cluster,
    private readonly major: number,
  ) {}

  /** Makes its folders, and gives them to the user that the server will run as. */
  static async prepare(folder: ScratchFolder, { binaries, major }: ServerPrograms): Promise<ScratchServer> {
    const { path, sockets } = folder;
    const dataDir = join(path, 'data');
    await mkdir(dataDir, { mode: 0o700 });
    // Whoever gets to the socket is let in: the folder lets nobody else get there.
    await writeFile(join(path, 'pg_hba.conf'), 'local all all trust\n');
    await writeFile(join(path, 'pg_ident.conf'), '');
    await mkdir(sockets, { mode: 0o700 });
    const account = await serverAccount(path, false);
    await serverAccount(sockets, false);
    const runAs = await becoming(account, [binaries.postgres, dataDir, sockets]);
    return new ScratchServer(folder, { dataDir, binaries, runAs, logFile: `${dataDir}.log` }, major);
  }

  /** Empty until `initialise`, or somebody else, fills it. */
  get dataDir(): string {
    return this.cluster.dataDir;
  }

  /** As whom to run what writes into its data folder. */
  get runAs(): RunAs {
    return this.cluster.runAs;
  }

  /** Fills the data folder with an empty cluster. @throws ToolFailed. */
  async initialise(): Promise<void> {
    const { binaries, dataDir, runAs } = this.cluster;
    const locale =
      this.major >= BUILTIN_LOCALES
        ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
        : ['--locale=C.UTF-8'];
    const access = [`--username=${SUPERUSER}`, '--auth-local=trust', '--auth-host=reject'];
    const args = [`--pgdata=${dataDir}`, '--encoding=UTF8', ...access, ...locale, '--no-sync'];
    const { code, output } = await runProgram(runAs, binaries.initdb, args);
    if (code !== 0) throw new ToolFailed('initdb', code, lastUsefulLine(output));
  }

  /**
   * Starts it on what is in its data folder, whatever settings that brings along.
   *
   * @throws EmbeddedPostgresError with the last useful line of its log; the signal's reason.
   */
  async start({ settings, patienceMs = START_PATIENCE_MS, signal }: ScratchStart = {}): Promise<void> {
    signal?.throwIfAborted();
    const { path, sockets } = this.folder;
    const ours = {
      ...SETTINGS,
      unix_socket_directories: sockets,
      hba_file: join(path, 'pg_hba.conf'),
      ident_file: join(path, 'pg_ident.conf'),
    };
    const giveUp = (): void => void stopPostmaster(this.cluster).catch(() => undefined);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      const { pid } = await launchPostmaster(this.cluster, { ...ours, ...settings }, patienceMs);
      this.port = (await findPostmaster(this.dataDir))?.port;
      if (this.port === undefined) throw new Error(`The server (pid ${pid}) ended right after its start`);
      signal?.throwIfAborted();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Of one of its databases, as its superuser. */
  urlOf(database: string): string {
    const host = encodeURIComponent(this.folder.sockets);
    return `postgres://${SUPERUSER}@${host}:${this.port ?? 0}/${encodeURIComponent(database)}`;
  }

  /** Ends it, and removes every byte of it. */
  async close(): Promise<void> {
    try {
      await endServerIn(this.dataDir);
    } finally {
      await rm(this.folder.sockets, { recursive: true, force: true });
      await rm(this.folder.path, { recursive: true, force: true });
      await this.folder.release();
    }
  }
}

/** Ends the server that runs on a data folder nobody will open again. Also when there is none. */
export async function endServerIn(dataDir: string): Promise<void> {
  for (const signal of END_SIGNALS) {
    const running = await findPostmaster(dataDir);
    if (running === undefined) return;
    process.kill(running.pid, signal);
    for (let waited = 0; waited < END_PATIENCE_MS && (await findPostmaster(dataDir)); waited += END_POLL_MS)
      await delay(END_POLL_MS);
  }
}
