import { Injectable } from '@nestjs/common';
import { withPatience } from '../../common/time/patience.js';
import { ObjectStore } from '../storage/object-store.port.js';

const PATIENCE_MS = 2_000;
/** Probes come from many sides; a cloud is asked for all of them at once. */
const FRESH_MS = 1_000;

/** Whether the store of files works, as it was a moment ago. */
@Injectable()
export class StorageProbe {
  private asking: Promise<boolean> | null = null;
  private isFreshUntil = 0;

  constructor(private readonly store: ObjectStore) {}

  get backend(): string {
    return this.store.backend;
  }

  isWell(): Promise<boolean> {
    if (this.asking === null || performance.now() > this.isFreshUntil) {
      this.isFreshUntil = Infinity;
      this.asking = this.ask().finally(() => (this.isFreshUntil = performance.now() + FRESH_MS));
    }
    return this.asking;
  }

  private ask(): Promise<boolean> {
    return withPatience(this.store.check(), PATIENCE_MS).then(
      () => true,
      () => false,
    );
  }
}
