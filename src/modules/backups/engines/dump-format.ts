import type { Readable } from 'node:stream';
import { connectionEnvironment } from '../tools/connection-environment.js';
import { feedTool, runTool, toolOutput } from '../tools/run-tool.js';
import type { Tool } from '../tools/tool.js';
import { LOCK_PATIENCE } from '../database-snapshot.repository.js';

/** In the order in which they are preferred. The last is in every build: fast, for what is sealed is not looked at again. */
const COMPRESSIONS = ['zstd:3', 'gzip:1'] as const;
/** For what is read again at once. */
export const UNCOMPRESSED = 'none';
/** From which on pg_dump knows others than gzip. */
const CHOOSES_COMPRESSION = 16;

export interface DumpOptions {
  /** Of a snapshot that is open meanwhile; null for one of its own. */
  readonly snapshot: string | null;
  readonly compression: string;
  readonly signal: AbortSignal;
}

/** The best that this very pg_dump was built with. */
export async function compressionOf({ path, major }: Tool): Promise<string> {
  const [best, last] = COMPRESSIONS;
  if (major < CHOOSES_COMPRESSION) return last;
  // It says what it was built without before it looks for the server, which is nowhere.
  const { stderr } = await runTool(path, [`--compress=${best}`, '--format=custom'], {
    env: { PGHOST: '/nowhere', PGCONNECT_TIMEOUT: '1' },
  });
  return /compress/i.test(stderr) ? last : best;
}

/** A whole database in pg_dump's own format; the stream ends only when it is whole. */
export function dumpOf(url: string, tool: Tool, { snapshot, compression, signal }: DumpOptions): Readable {
  const compress =
    tool.major < CHOOSES_COMPRESSION
      ? compression.replace('gzip:', '').replace(UNCOMPRESSED, '0')
      : compression;
  const args = [
    '--format=custom',
    `--compress=${compress}`,
    // Every row of every organisation, or none: not what a policy lets through.
    '--enable-row-security',
    `--lock-wait-timeout=${LOCK_PATIENCE}`,
    '--no-password',
    ...(snapshot === null ? [] : [`--snapshot=${snapshot}`]),
  ];
  return toolOutput(tool.path, args, { env: connectionEnvironment(url), signal });
}

/** Fills the empty database at `url` with a dump: all of it or nothing. @throws ToolFailed; what made the dump fail. */
export function restoreDump(dump: Readable, url: string, tool: Tool, signal: AbortSignal): Promise<void> {
  const env = connectionEnvironment(url);
  const args = [
    '--format=custom',
    `--dbname=${env.PGDATABASE ?? ''}`,
    '--no-owner',
    '--no-privileges',
    '--exit-on-error',
    '--single-transaction',
    '--no-password',
  ];
  return feedTool(tool.path, args, dump, { env, signal });
}
