import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CLEAN_ENVIRONMENT } from '../../../database/embedded-postgres/binaries.js';
import { lastUsefulLine } from '../../../database/embedded-postgres/errors.js';
import type { RunAs } from '../../../database/embedded-postgres/os-user.js';
import { ToolFailed } from './tool-errors.js';

/** What a program complains of is at its end. */
const KEPT_BYTES = 16 * 1024;
/** A program that was asked to end and does not is ended. */
const KILL_AFTER_MS = 5_000;

export interface ToolOptions {
  /** On top of a clean environment: passwords go here, for everybody sees a command line. */
  readonly env?: Readonly<Record<string, string>> | 'inherited';
  /** The user it runs as, where that is not ours. */
  readonly runAs?: RunAs;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

export interface ToolOutcome {
  readonly code: number | null;
  /** Its last 16 KiB. */
  readonly stdout: string;
  /** Its last 16 KiB. */
  readonly stderr: string;
}

/** Runs a program to its end, whatever that is. @throws the signal's reason; ToolFailed when it can not be started. */
export async function runTool(
  path: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolOutcome> {
  const child = new Child(path, args, options);
  const stdout = new Tail();
  child.process.stdout.on('data', (piece: Buffer) => stdout.add(piece));
  child.process.stdin.end();
  const code = await child.ended;
  return { code, stdout: stdout.text, stderr: child.said.text };
}

/**
 * What a program writes. The stream ends only when the program ended well: whoever
 * keeps what comes keeps all of it or nothing. Let go of early, it ends the program.
 */
export function toolOutput(path: string, args: readonly string[], options: ToolOptions = {}): Readable {
  return Readable.from(written(path, args, options), { objectMode: false });
}

async function* written(path: string, args: readonly string[], options: ToolOptions): AsyncGenerator<Buffer> {
  const child = new Child(path, args, options);
  child.process.stdin.end();
  try {
    for await (const piece of child.process.stdout) yield piece as Buffer;
    await child.succeeded();
  } finally {
    await child.stop();
  }
}

/** Runs a program on `input`. @throws ToolFailed with its last words; whatever made the input fail. */
export async function feedTool(
  path: string,
  args: readonly string[],
  input: Readable,
  options: ToolOptions = {},
): Promise<void> {
  const child = new Child(path, args, options);
  child.process.stdout.resume();
  let fault: unknown;
  input.once('error', (error) => (fault ??= error));
  try {
    await pipeline(input, child.process.stdin).catch((error: unknown) => {
      // A program that ended before it read all says itself why.
      if (!isBrokenPipe(error)) throw error;
    });
    await child.succeeded();
  } catch (error) {
    throw fault !== undefined && !isBrokenPipe(fault) ? fault : error;
  } finally {
    input.destroy();
    await child.stop();
  }
}

function isBrokenPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** The end of what was written, however much that was. */
class Tail {
  private kept = Buffer.alloc(0);

  add(piece: Buffer): void {
    this.kept = Buffer.concat([this.kept, piece]).subarray(-KEPT_BYTES);
  }

  get text(): string {
    return this.kept.toString();
  }
}

class Child {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly said = new Tail();
  /** Its exit code, once it is gone and all it wrote was read. */
  readonly ended: Promise<number | null>;

  constructor(
    private readonly path: string,
    args: readonly string[],
    private readonly options: ToolOptions,
  ) {
    const { env = {}, runAs, signal } = options;
    signal?.throwIfAborted();
    const [command = path, ...rest] = [...(runAs?.prefix ?? []), path, ...args];
    this.process = spawn(command, rest, {
      ...runAs?.ids,
      cwd: '/',
      // A group of its own: whoever ends it ends its workers, which would go on for a while.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      ...(env === 'inherited' ? {} : { env: { ...CLEAN_ENVIRONMENT, ...env } }),
    });
    this.ended = this.end();
    this.ended.catch(() => undefined);
    if ((this.process.stdin as Writable | undefined) === undefined)
      throw new ToolFailed(basename(path), null, 'it could not be started: no file descriptor is left');
    this.process.stderr.on('data', (piece: Buffer) => this.said.add(piece));
    // One that ends early leaves nobody to read: its exit code tells why.
    this.process.stdin.on('error', () => undefined);
  }

  /** @throws ToolFailed when it did not end well. */
  async succeeded(): Promise<void> {
    const code = await this.ended;
    if (code !== 0) throw new ToolFailed(basename(this.path), code, this.lastWords(code));
  }

  /** Ends it, where it has not ended by itself, and waits until it has. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.kill();
    await this.ended.catch(() => undefined);
  }

  private async end(): Promise<number | null> {
    const { signal } = this.options;
    const give = (): void => this.kill();
    signal?.addEventListener('abort', give, { once: true });
    try {
      const [code] = (await once(this.process, 'close')) as [number | null];
      signal?.throwIfAborted();
      return code;
    } catch (error) {
      signal?.throwIfAborted();
      throw new ToolFailed(basename(this.path), null, (error as Error).message);
    } finally {
      signal?.removeEventListener('abort', give);
    }
  }

  private kill(): void {
    this.send('SIGTERM');
    this.process.stdout.destroy();
    const hard = setTimeout(() => this.send('SIGKILL'), KILL_AFTER_MS);
    this.process.once('close', () => clearTimeout(hard));
  }

  private send(signal: NodeJS.Signals): void {
    const { pid } = this.process;
    // One that never started has nobody to hear it, but 0, which would be all of our own group.
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      this.process.kill(signal);
    }
  }

  private lastWords(code: number | null): string {
    if (this.said.text.trim() !== '') return lastUsefulLine(this.said.text);
    return code === null
      ? `it was ended by ${this.process.signalCode ?? 'a signal'}`
      : `it ended with ${code}`;
  }
}
