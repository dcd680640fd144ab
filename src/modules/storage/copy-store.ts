import { createHash, type Hash } from 'node:crypto';
import { Transform } from 'node:stream';
import { isProblem } from '../../common/errors/app-error.js';
import { through } from './bytes-stream.js';
import type { ObjectStat, ObjectStore } from './object-store.port.js';

/** Larger objects are written in parts. */
const ONE_PIECE_BYTES = 8 * 1024 * 1024;

export interface CopyOptions {
  /** Reads every object of the target again, and compares its SHA-256. */
  readonly verify: boolean;
  /** Leaves alone what the target has already: of the same size, and with `verify` of the same bytes. */
  readonly resume: boolean;
  /** How many objects at once. */
  readonly parallel: number;
  /** Told of each object as it is done with, one way or another. */
  readonly onProgress: (progress: CopyProgress) => void;
}

export interface CopyProgress {
  readonly copied: number;
  readonly skipped: number;
  readonly failed: number;
  /** Copied. */
  readonly bytes: number;
}

export interface CopyFailure {
  readonly key: string;
  readonly error: unknown;
}

/** How a copy ended. What failed can be tried again by resuming. */
export interface CopyReport extends CopyProgress {
  /** The first of them, so that a store of millions does not fill the memory. */
  readonly failures: readonly CopyFailure[];
}

const MOST_FAILURES = 100;

/**
 * Copies all objects of one store into another, byte for byte, under their keys. An
 * object that can not be copied is reported and the others go on.
 *
 * @throws AppError `storage_unavailable` when the source can not be listed.
 */
export async function copyStore(
  from: ObjectStore,
  to: ObjectStore,
  options: CopyOptions,
): Promise<CopyReport> {
  const copy = new StoreCopy(from, to, options);
  // Asked for one by one by whoever has a hand free: no list of all keys is ever held.
  const keys = from.keys()[Symbol.asyncIterator]();
  const work = async () => {
    for (let next = await keys.next(); next.done !== true; next = await keys.next())
      await copy.one(next.value);
  };
  await Promise.all(Array.from({ length: options.parallel }, work));
  return copy.report;
}

class StoreCopy {
  private readonly failures: CopyFailure[] = [];
  private progress: CopyProgress = { copied: 0, skipped: 0, failed: 0, bytes: 0 };

  constructor(
    private readonly from: ObjectStore,
    private readonly to: ObjectStore,
    private readonly options: CopyOptions,
  ) {}

  get report(): CopyReport {
    return { ...this.progress, failures: this.failures };
  }

  async one(key: string): Promise<void> {
    try {
      const stat = await this.from.stat(key);
      if (stat === null || (await this.isThere(stat))) this.count({ skipped: 1 });
      else {
        await this.transfer(stat);
        this.count({ copied: 1, bytes: stat.size });
      }
    } catch (error) {
      // Deleted while it was copied.
      if (isProblem(error, 'object_not_found') && !(await this.from.has(key).catch(() => true))) {
        this.count({ skipped: 1 });
        return;
      }
      if (this.failures.length < MOST_FAILURES) this.failures.push({ key, error });
      this.count({ failed: 1 });
    }
  }

  private count(more: Partial<CopyProgress>): void {
    const sum = (name: keyof CopyProgress) => this.progress[name] + (more[name] ?? 0);
    this.progress = {
      copied: sum('copied'),
      skipped: sum('skipped'),
      failed: sum('failed'),
      bytes: sum('bytes'),
    };
    this.options.onProgress(this.progress);
  }

  private async isThere({ key, size }: ObjectStat): Promise<boolean> {
    if (!this.options.resume || (await this.to.stat(key))?.size !== size) return false;
    if (!this.options.verify) return true;
    const [ours, theirs] = await Promise.all([digestIn(this.from, key), digestIn(this.to, key)]);
    return ours === theirs;
  }

  private async transfer({ key, size, contentType }: ObjectStat): Promise<void> {
    const digest = createHash('sha256');
    const body = through(await this.from.get(key), hashing(digest));
    const options = { size, ...(contentType === null ? {} : { contentType }) };
    if (size > ONE_PIECE_BYTES) await this.to.setMultipart(key, body, options);
    else await this.to.set(key, body, options);
    if (this.options.verify && (await digestIn(this.to, key)) !== digest.digest('hex')) {
      throw new Error('The target does not give back what was written');
    }
  }
}

async function digestIn(store: ObjectStore, key: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const piece of (await store.get(key)) as AsyncIterable<Uint8Array>) digest.update(piece);
  return digest.digest('hex');
}

function hashing(digest: Hash): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      digest.update(piece);
      done(null, piece);
    },
  });
}
