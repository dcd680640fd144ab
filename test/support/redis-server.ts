import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { describeWhere } from './where.js';

/** What it takes, for `itWhere`. */
export const A_REDIS = 'redis-server on PATH';
export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;

/** The stories that need one; without a redis-server on PATH they are skipped, and say so. */
export function describeWithRedis(name: string, stories: () => void): void {
  describeWhere(HAS_REDIS, A_REDIS, name, stories);
}

/** A real redis-server on a free loopback port, that can be frozen, killed and started again. */
export class RedisServer {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly port: number,
    readonly folder: string,
    private readonly more: readonly string[],
    private readonly file: string | null,
  ) {}

  /** @param more settings, as on the command line. @param file more of them, which it may rewrite. */
  static async start(more: readonly string[] = [], file: string | null = null): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-redis-'));
    const server = new RedisServer(await freePort(), folder, more, file);
    await server.resume();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts it, empty, at the same address. */
  async resume(): Promise<void> {
    const own = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.folder];
    const args = this.file === null ? ['--save', '', ...own] : [this.file, ...own];
    this.child = spawn('redis-server', [...args, ...this.more], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const [chunk] of on(this.child)) {
      output += chunk.toString();
      if (/eady to accept connections|Sentinel ID is/.test(output)) break;
    }
    this.child.stdout?.resume();
  }

  /** Runs commands on it. */
  async tell(...commands: readonly (readonly [string, ...string[]])[]): Promise<unknown[]> {
    const client = new Redis(this.url, { lazyConnect: true });
    await client.connect();
    const answers: unknown[] = [];
    for (const [command, ...args] of commands) answers.push(await client.call(command, ...args));
    client.disconnect();
    return answers;
  }

  /** It keeps its connections and answers nothing. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function* on(child: ChildProcess): AsyncGenerator<[Buffer]> {
  for (;;) {
    const [what] = (await Promise.race([
      once(child.stdout ?? child, 'data'),
      once(child, 'exit').then(() => ['ended']),
    ])) as [Buffer | 'ended'];
    if (typeof what === 'string') throw new Error('redis-server ended at its start');
    yield [what];
  }
}
