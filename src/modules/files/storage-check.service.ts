import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { isProblem } from '../../common/errors/app-error.js';
import { inBatches } from '../../common/streams/in-batches.js';
import { secondsAfter, Clock } from '../../common/time/clock.js';
import { FileObjects } from './file-objects.js';
import { FilePurgeRepository } from './file-purge.repository.js';

const BATCH = 500;
/** Of a store in the cloud each question takes a way there and back. */
const ASKED_AT_ONCE = 16;
/** An upload under way has an object and no row yet; none takes as long. */
const ORPHANED_AFTER_SECONDS = 24 * 60 * 60;

/** Where store and rows differ, by file key. */
export interface StorageReport {
  /** Objects that no row names, since longer than any upload takes, or damaged so that none can tell. */
  readonly orphans: number;
  /** Of those, what was removed. */
  readonly removed: number;
  /** Rows whose object is not there. */
  readonly missing: number;
}

/** Gets each difference as it is found. */
export type StorageFinding = (kind: 'orphan' | 'missing', fileKey: string) => void;

/** Compares what the store holds with what the rows say it holds. Looks at our own objects alone. */
@Injectable()
export class StorageCheckService {
  private readonly limit = pLimit(ASKED_AT_ONCE);

  constructor(
    private readonly objects: FileObjects,
    private readonly repository: FilePurgeRepository,
    private readonly clock: Clock,
  ) {}

  /** @param repair whether to remove the orphans. A missing object can only be brought back from a backup. */
  async check(repair: boolean, found: StorageFinding): Promise<StorageReport> {
    const { orphans, removed } = await this.findOrphans(repair, found);
    return { orphans, removed, missing: await this.findMissing(found) };
  }

  private async findOrphans(
    repair: boolean,
    found: StorageFinding,
  ): Promise<{ orphans: number; removed: number }> {
    const before = secondsAfter(this.clock.now(), -ORPHANED_AFTER_SECONDS);
    let [orphans, removed] = [0, 0];
    for await (const batch of inBatches(this.objects.keys(), BATCH)) {
      const named = await this.repository.named(batch);
      for (const key of batch.filter((candidate) => !named.has(candidate))) {
        const writtenAt = await this.writtenAt(key);
        if (writtenAt === null || (writtenAt !== 'unknown' && writtenAt > before)) continue;
        orphans++;
        found('orphan', key);
        if (repair && writtenAt !== 'unknown' && (await this.objects.remove(key))) removed++;
      }
    }
    return { orphans, removed };
  }

  /** Null for what is gone; unknown of what is damaged, which somebody has to look at. */
  private async writtenAt(key: string): Promise<Date | 'unknown' | null> {
    try {
      return (await this.objects.stat(key))?.modifiedAt ?? null;
    } catch (error) {
      if (isProblem(error, 'object_corrupt')) return 'unknown';
      throw error;
    }
  }

  private async findMissing(found: StorageFinding): Promise<number> {
    let missing = 0;
    for (let after: string | undefined = ''; after !== undefined;) {
      const keys: string[] = await this.repository.keysAfter(after, BATCH);
      const held = await this.limit.map(keys, (key) => this.objects.has(key));
      const gone = keys.filter((_, index) => held[index] === false);
      // A purge may have removed both meanwhile: rows go first.
      const named = await this.repository.named(gone);
      for (const key of gone.filter((one) => named.has(one))) {
        missing++;
        found('missing', key);
      }
      after = keys.at(-1);
    }
    return missing;
  }
}
