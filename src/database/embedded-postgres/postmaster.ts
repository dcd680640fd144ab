import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CLEAN_ENVIRONMENT, runProgram } from './binaries.js';
import type { Cluster } from './data-folder.js';
import { EmbeddedPostgresError, errorCode, lastUsefulLine, onPath } from './errors.js';

/** A live server process on a data folder. */
export interface Postmaster {
  readonly pid: number;
  /** undefined in the first milliseconds of a start */
  readonly port: number | undefined;
  readonly ready: boolean;
}

/** pg_ctl's mode and the seconds it gets. */
const STOP_MODES = [
  ['fast', '30'],
  ['immediate', '10'],
] as const;
const POLL_MS = 10;
const MAX_LOG_BYTES = 10 * 1024 * 1024;
const RETRY_MS = 250;
const KILL_AFTER_MS = 10_000;

/**
 * Failures that pass: somebody took the port between our look and the server's
 * bind, or the last processes of a killed server have not noticed yet.
 */
const PASSING = /could not create any TCP\/IP sockets|pre-existing shared memory block/;

/** Small and closed: loopback only, no Unix socket, whose path would have a length limit and a folder to own. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

/**
 * The server that runs on the folder now, from its postmaster.pid. A file whose
 * process is gone, or whose pid has gone to another program, is as good as none.
 */
export async function findPostmaster(dataDir: string): Promise<Postmaster | undefined> {
  const file = join(dataDir, 'postmaster.pid');
  const text = await onPath(file, () => readFile(file, 'utf8').catch(absent));
  const [first, , , port, , , , status] = text?.split('\n') ?? [];
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isServerOf(dataDir, pid))) return undefined;
  return { pid, port: Number(port) || undefined, ready: status?.trim() === 'ready' };
}

/**
 * Removes the postmaster.pid of a server that is gone, because PostgreSQL itself
 * refuses to start while any process of its user has that pid (after a reboot,
 * or in a container, where pids repeat). Only for the holder of the start lock:
 * nobody may be writing a new one.
 */
export async function forgetDeadPostmaster(dataDir: string): Promise<void> {
  if (await findPostmaster(dataDir)) return;
  const file = join(dataDir, 'postmaster.pid');
  await onPath(file, () => rm(file, { force: true }));
}

/**
 * On Linux a server is known by the folder among its arguments or as its working
 * directory. Both, as a container's root may not look at the latter (it lacks
 * SYS_PTRACE) and a server started by hand may name the folder relatively.
 * Elsewhere the program's name has to do.
 */
async function isServerOf(dataDir: string, pid: number): Promise<boolean> {
  if (process.platform === 'linux') {
    const [program, ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (!program || !basename(program).startsWith('postgres')) return false;
    return args.includes(dataDir) || (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === dataDir;
  }
  const windows = process.platform === 'win32';
  const args = windows ? ['/NH', '/FI', `PID eq ${pid}`] : ['-ww', '-o', 'command=', '-p', `${pid}`];
  const listed = await promisify(execFile)(windows ? 'tasklist' : 'ps', args).catch(() => undefined);
  return listed?.stdout.includes('postgres') ?? false;
}

/**
 * Starts the server on a free loopback port, in a session of its own: a Ctrl-C
 * goes to the whole process group of a terminal, and the database must outlive
 * it until the application has drained.
 *
 * @throws EmbeddedPostgresError with the last useful line of the server's log.
 */
export async function launchPostmaster(
  cluster: Cluster,
  extra: Readonly<Record<string, string>>,
  patienceMs: number,
): Promise<Postmaster> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const port = String(await freePort());
    const log = await openLog(cluster.logFile);
    const child = spawnServer(cluster, { ...SETTINGS, ...extra, port }, log.fd);
    await log.close();
    const started = await untilReady(cluster, child, deadline);
    if (started) return started;
    const said = (await readFile(cluster.logFile)).subarray(log.offset).toString();
    if (!PASSING.test(said) || Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        `PostgreSQL did not start in ${cluster.dataDir}: ${lastUsefulLine(said)} (see ${cluster.logFile})`,
      );
    }
    await delay(RETRY_MS);
  }
}

async function openLog(file: string): Promise<{ fd: number; offset: number; close: () => Promise<void> }> {
  return onPath(file, async () => {
    const size = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    if (size > MAX_LOG_BYTES) await rename(file, `${file}.1`);
    const handle = await open(file, 'a', 0o600);
    return { fd: handle.fd, offset: size > MAX_LOG_BYTES ? 0 : size, close: () => handle.close() };
  });
}

function spawnServer(cluster: Cluster, settings: Record<string, string>, logFd: number): ChildProcess {
  const { runAs, binaries, dataDir } = cluster;
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command = '', ...args] = [...runAs.prefix, binaries.postgres, '-D', dataDir, ...flags];
  const child = spawn(command, args, {
    ...runAs.ids,
    cwd: '/',
    detached: true,
    env: CLEAN_ENVIRONMENT,
    stdio: ['ignore', logFd, logFd],
    windowsHide: true,
  });
  child.unref();
  return child;
}

/** The server once it takes connections, undefined when it ended first; a hopeless one is told to end. */
async function untilReady(
  cluster: Cluster,
  child: ChildProcess,
  deadline: number,
): Promise<Postmaster | undefined> {
  const state = { ended: false };
  const end = (): void => void (state.ended = true);
  child.once('exit', end).once('error', end);
  while (!state.ended) {
    const running = await findPostmaster(cluster.dataDir);
    if (running?.ready && running.pid === child.pid) return running;
    if (Date.now() > deadline) child.kill(Date.now() > deadline + KILL_AFTER_MS ? 'SIGKILL' : 'SIGQUIT');
    await delay(POLL_MS);
  }
  return undefined;
}

/**
 * Stops the server, whoever started it: open transactions roll back and a
 * checkpoint is written. One that does not end in 30 s is stopped without the
 * checkpoint, which its next start makes good from the log.
 *
 * @throws EmbeddedPostgresError when it survives that as well.
 */
export async function stopPostmaster(cluster: Cluster): Promise<void> {
  const { binaries, runAs, dataDir } = cluster;
  const running = await findPostmaster(dataDir);
  if (!running) return;
  for (const [mode, seconds] of STOP_MODES) {
    await runProgram(runAs, binaries.pg_ctl, ['stop', '-D', dataDir, '-m', mode, '-w', '-t', seconds]);
    if (!(await findPostmaster(dataDir))) return untilGone(dataDir, running.pid);
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL in ${dataDir} (pid ${running.pid}) does not stop: see ${cluster.logFile}`,
  );
}

/** pg_ctl waits for the pid file to go, which is a moment before the process does. */
async function untilGone(dataDir: string, pid: number): Promise<void> {
  const deadline = Date.now() + KILL_AFTER_MS;
  while (Date.now() < deadline && (await isServerOf(dataDir, pid))) await delay(POLL_MS);
}

/**
 * Sets the superuser's password in a folder that no server runs on, through
 * single-user mode, which asks for none. For data that came without its
 * password file: a restored backup, or a volume in a new container.
 *
 * @throws EmbeddedPostgresError when the folder cannot be opened.
 */
export async function resetSuperuserPassword(cluster: Cluster, password: string): Promise<void> {
  const { runAs, binaries, dataDir } = cluster;
  const args = ['--single', '-D', dataDir, '-c', 'log_checkpoints=off', 'postgres'];
  const { code, output } = await runProgram(
    runAs,
    binaries.postgres,
    args,
    `ALTER ROLE postgres PASSWORD '${password}'\n`,
  );
  if (code === 0 && !/\b(ERROR|FATAL|PANIC):/.test(output)) return;
  throw new EmbeddedPostgresError(
    `PostgreSQL could not open ${dataDir} for a new password: ${lastUsefulLine(output)}`,
  );
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function absent(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}
