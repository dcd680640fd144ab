import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ResealingRepository, type SealedRow } from './resealing.repository.js';
import type { SealedColumn } from './sealed-column.js';
import { Sealer } from './sealer.js';

const BATCH = 500;

export interface Resealed {
  readonly done: number;
  /** Those that no listed key opens, or that were altered. */
  readonly failed: number;
}

/**
 * Seals anew, under the first of `ENCRYPTION_KEY`, what another key has sealed.
 * Each batch commits on its own, and what is done is not found again: after a
 * kill it goes on where it was.
 */
@Injectable()
export class ResealingService {
  constructor(
    private readonly rows: ResealingRepository,
    private readonly sealer: Sealer,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  count(place: SealedColumn): Promise<number> {
    return this.rows.count(place, this.sealer.keyId);
  }

  async reseal(place: SealedColumn, onProgress: (soFar: Resealed) => void): Promise<Resealed> {
    let [done, failed, last] = [0, 0, null as unknown];
    for (;;) {
      const batch = await this.unitOfWork.run(() => this.resealNext(place, last));
      if (batch === null) return { done, failed };
      last = batch.last;
      done += batch.done;
      failed += batch.failed;
      onProgress({ done, failed });
    }
  }

  private async resealNext(
    place: SealedColumn,
    after: unknown,
  ): Promise<(Resealed & { last: unknown }) | null> {
    const found = await this.rows.next(place, this.sealer.keyId, after, BATCH);
    if (found.length === 0) return null;
    const anew = found.flatMap((row) => this.sealedAnew(place, row) ?? []);
    await this.rows.write(place, anew);
    return { done: anew.length, failed: found.length - anew.length, last: found.at(-1)?.id };
  }

  private sealedAnew(place: SealedColumn, { id, sealed }: SealedRow): SealedRow | null {
    const purpose = place.purposeOf(id as never);
    try {
      return { id, sealed: this.sealer.seal(this.sealer.open(sealed, purpose), purpose) };
    } catch {
      return null;
    }
  }
}
