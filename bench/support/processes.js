// @ts-check
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const CLOCK_TICKS_PER_SECOND = 100;
const PATIENCE_MS = 60_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** A server under test, in a process of its own on cores of its own. */
export class Server {
  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {number} port
   * @param {number} readyMs from spawning the process to its first good answer.
   */
  constructor(child, port, readyMs) {
    this.child = child;
    this.port = port;
    this.readyMs = readyMs;
  }

  get pid() {
    return /** @type {number} */ (this.child.pid);
  }

  /** CPU time spent so far, by all its threads, in seconds. */
  get cpuSeconds() {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
  }

  /** Resident memory in MiB. */
  get residentMiB() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  /** Ends it at once, whatever it is about. */
  kill() {
    this.child.kill('SIGKILL');
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }
}

/**
 * Starts a Node script that listens on `PORT` and waits until a path answers without a
 * server's fault; of our own readiness that is 200, before it 503.
 * Its output is thrown away; what it says on stderr is ours to see.
 *
 * @param {{ script: URL, cores: string, readyPath?: string, env?: Record<string, string>, flags?: string[] }} how
 * @returns {Promise<Server>}
 */
export async function startServer({ script, cores, readyPath = '/', env = {}, flags = [] }) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn('taskset', ['-c', cores, process.execPath, ...flags, script.pathname], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH, PORT: String(port), NODE_ENV: 'production', ...env },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  while (!(await answers(port, readyPath))) {
    if (child.exitCode !== null) throw new Error(`${script.pathname} ended with ${child.exitCode}`);
    if (performance.now() - startedAt > PATIENCE_MS) throw new Error(`${script.pathname} does not answer`);
    await delay(5);
  }
  return new Server(child, port, performance.now() - startedAt);
}

/** @returns {Promise<number>} */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  return port;
}

/**
 * @param {number} port
 * @param {string} path
 * @returns {Promise<boolean>}
 */
function answers(port, path) {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 500);
    });
    request.once('error', () => resolve(false));
  });
}
