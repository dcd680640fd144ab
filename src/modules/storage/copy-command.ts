import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '../../common/errors/usage-error.js';
import type { Env } from '../../config/settings.js';
import { parseStoreLocation, type StoreLocation } from '../../config/storage.js';
import { showCopying } from './copy-progress.js';
import { copyStore, type CopyReport } from './copy-store.js';
import type { ObjectStore } from './object-store.port.js';
import { openStore } from './open-store.js';
import { reasonOf } from './storage.errors.js';

export const COPY_USAGE = `storage:copy --from <store> --to <store> [--verify] [--resume] [--parallel <n>]
                   copy all objects of a store, byte for byte, into another:
                   local:<folder>, s3:<bucket>?region=…&endpoint=…, azure:<container>
                   or gcs:<bucket>, with the credentials of the settings;
                   --verify reads each copy again and compares its SHA-256,
                   --resume leaves alone what is there already
`;

const MOST_PARALLEL = 64;

interface CopyRequest {
  readonly from: Side;
  readonly to: Side;
  readonly verify: boolean;
  readonly resume: boolean;
  readonly parallel: number;
}

interface Side {
  readonly text: string;
  readonly location: StoreLocation;
}

/**
 * Runs `storage:copy`, telling how it goes.
 *
 * @returns the exit code: 0 when all is there, 1 when not.
 * @throws UsageError.
 */
export async function runCopy(args: readonly string[], env: Env): Promise<number> {
  const request = parseRequest(args, env);
  const stores: ObjectStore[] = [];
  const open = async ({ text, location }: Side) => {
    const store = await openStore(location).catch((error: unknown) => {
      throw unusable(text, error);
    });
    stores.push(store);
    return store;
  };
  try {
    const [from, to] = [await open(request.from), await open(request.to)];
    await to.check().catch((error: unknown) => {
      throw unusable(request.to.text, error);
    });
    return tell(await copyWithProgress(from, to, request));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

async function copyWithProgress(
  from: ObjectStore,
  to: ObjectStore,
  request: CopyRequest,
): Promise<CopyReport> {
  try {
    const progress = showCopying(await countKeys(from), process.stdout);
    return await copyStore(from, to, { ...request, onProgress: progress.show }).finally(progress.end);
  } catch (error) {
    throw unusable(request.from.text, error);
  }
}

async function countKeys(store: ObjectStore): Promise<number> {
  let count = 0;
  for await (const _ of store.keys()) count += 1;
  return count;
}

function tell({ copied, skipped, failed, bytes, failures }: CopyReport): number {
  process.stdout.write(
    `Copied ${copied} objects of ${bytes} bytes; ${skipped} left alone; ${failed} failed.\n`,
  );
  for (const { key, error } of failures) process.stderr.write(`${key}: ${reasonOf(error)}\n`);
  if (failed > failures.length) process.stderr.write(`and ${failed - failures.length} more\n`);
  return failed === 0 ? 0 : 1;
}

function unusable(text: string, error: unknown): Error {
  return new Error(`${text} can not be used: ${reasonOf(error)}`, { cause: error });
}

function parseRequest(args: readonly string[], env: Env): CopyRequest {
  const { from, to, verify, resume, parallel } = readFlags(args);
  const request = {
    from: mustBeThere(parseSide('--from', from, env)),
    to: parseSide('--to', to, env),
    verify,
    resume,
    parallel: Number(parallel),
  };
  if (!/^\d+$/.test(parallel) || request.parallel < 1 || request.parallel > MOST_PARALLEL) {
    throw new UsageError(`--parallel must be a number from 1 to ${MOST_PARALLEL}`);
  }
  if (JSON.stringify(request.from.location) === JSON.stringify(request.to.location)) {
    throw new UsageError('--from and --to are the same store');
  }
  return request;
}

/** Opening a folder makes it; a source that was mistyped must not be taken for an empty one. */
function mustBeThere(side: Side): Side {
  const { location } = side;
  if (location.backend === 'local' && !existsSync(location.path)) {
    throw new UsageError(`--from names no folder: ${location.path}`);
  }
  return side;
}

function readFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        verify: { type: 'boolean', default: false },
        resume: { type: 'boolean', default: false },
        parallel: { type: 'string', default: '8' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parseSide(flag: string, text: string | undefined, env: Env): Side {
  if (text === undefined) throw new UsageError(`${flag} is missing`);
  try {
    const location = parseStoreLocation(text, env);
    if (location.backend === 'memory') throw new Error('can not be memory: it is gone with this process');
    return { text, location };
  } catch (error) {
    throw new UsageError(`${flag} ${(error as Error).message}`);
  }
}
