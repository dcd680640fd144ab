import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli.js');

export interface CliOutcome {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** The built command line as an operator runs it, to be killed where a test wants. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; outcome: Promise<CliOutcome> } {
  // Not where a developer's .env would be read.
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, ...env },
  });
  const text = { out: '', errors: '' };
  child.stdout.on('data', (piece: Buffer) => (text.out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (text.errors += piece.toString()));
  const outcome = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }));
  return { child, outcome };
}

export function runCli(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliOutcome> {
  return startCli(args, env).outcome;
}
