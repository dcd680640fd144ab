import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, errorCode } from './errors.js';

/**
 * Waits for the right to make, start or stop the server of `dataDir`, alone on this
 * machine, and returns the function that gives it back.
 *
 * The lock is a listening local socket, not a file with a pid: the kernel frees
 * it with its holder however that dies, so it is never stale, and whoever waits
 * holds a connection that closes at that moment. (Pids repeat in containers.)
 *
 * @throws EmbeddedPostgresError when it takes longer than `patienceMs`.
 */
export async function acquireStartLock(dataDir: string, patienceMs: number): Promise<() => Promise<void>> {
  const address = lockAddress(dataDir);
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const held = await listen(address);
    if (held) return held;
    await holderGone(address, deadline - Date.now());
  }
  throw new EmbeddedPostgresError(
    `Another Cloudkeep process has been busy starting PostgreSQL in ${dataDir} for too long: stop it and start again.`,
  );
}

/** Linux has an abstract namespace and Windows named pipes: both vanish with their holder. macOS needs a file. */
function lockAddress(dataDir: string): string {
  const name = `cloudkeep-${createHash('sha256').update(dataDir).digest('hex').slice(0, 24)}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function listen(address: string): Promise<(() => Promise<void>) | undefined> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => undefined).on('close', () => waiting.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.on('error', (error) => (errorCode(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen({ path: address, exclusive: true }, () => resolve(() => release(server, waiting)));
  });
}

function release(server: Server, waiting: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of waiting) socket.destroy();
  });
}

function holderGone(address: string, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    let refused: string | undefined;
    const socket = connect(address);
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.on('error', (error) => (refused = errorCode(error)));
    socket.on('close', () => void afterRefusal(address, refused).then(resolve));
  });
}

/** Refused means between two states of the holder, or on macOS a file whose holder was killed. */
async function afterRefusal(address: string, refused: string | undefined): Promise<void> {
  if (refused === undefined) return;
  if (refused === 'ECONNREFUSED' && process.platform === 'darwin')
    await unlink(address).catch(() => undefined);
  await delay(20);
}
