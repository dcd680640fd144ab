import { Injectable, Logger } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { ObjectStore } from '../storage/object-store.port.js';
import { asDamage } from './backup-damage.js';
import { BackupFindsRepository } from './backup-finds.repository.js';
import type { BackupManifest } from './backup-manifest.js';
import { BackupManifests } from './backup-manifests.js';
import { BackupStores, cornerOf, emptyCorner } from './backup-stores.js';
import type { ReplicaStatus } from './backup.entity.js';
import './backups.events.js';

/** No backup takes as long: what has no manifest by then never gets one. */
const LEFT_BEHIND_AFTER_SECONDS = 7 * 86_400;

/**
 * Makes the table know what the stores hold: after a restore it is that of another
 * time. Takes in what it does not know, says what is gone, removes what was never
 * finished and nobody remembers, and looks whether a second store that was away is back,
 * and whether a proof that could not be tried can be now.
 */
@Injectable()
export class BackupReconciliation {
  private readonly logger = new Logger(BackupReconciliation.name);

  constructor(
    private readonly finds: BackupFindsRepository,
    private readonly stores: BackupStores,
    private readonly manifests: BackupManifests,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  async reconcile(): Promise<void> {
    const store = await this.stores.main();
    // In this order: what is made or removed meanwhile is in the table before it is in the store, and longer.
    const corners = await this.manifests.corners(store);
    const known = await this.finds.ids();
    const unknown = [...corners].filter(([id]) => !known.has(id));
    let found = 0;
    for (const [id, isWhole] of unknown)
      if (!isWhole) await this.removeLeftBehind(cornerOf(store, id));
      else if (await this.takeIn(store, id)) found += 1;
    if (found > 0) {
      this.logger.log(`${found} backups were in the store that the table did not know`);
      await this.finds.queueNewestUnlessVerified(this.clock.now());
    }
    for (const id of await this.finds.goodIds()) if (corners.get(id) !== true) await this.missing(store, id);
    await this.finds.queueNewestMissedCopy(this.clock.now());
    await this.finds.queueNewestUntriedProof(this.clock.now());
  }

  /** @returns whether there is such a backup, and it is known now. */
  private async takeIn(store: ObjectStore, id: string): Promise<boolean> {
    const manifest = await this.read(store, id);
    if (manifest === null) return false;
    await this.finds.insert(manifest, await this.copyOf(id), this.clock.now());
    return true;
  }

  /** A second store that is away is no reason not to know of what the first has. */
  private async copyOf(id: string): Promise<ReplicaStatus> {
    if (!this.stores.hasReplica) return 'none';
    try {
      const copy = await this.stores.replicaCorner(id);
      return copy !== null && (await this.manifests.read(copy, id)) !== null ? 'copied' : 'queued';
    } catch {
      return 'queued';
    }
  }

  /** Null where there is none that can be read. @throws AppError where the store does not answer. */
  private async read(store: ObjectStore, id: string): Promise<BackupManifest | null> {
    try {
      return await this.manifests.readFrom(store, id);
    } catch (error) {
      if (asDamage(error) === null) throw error;
      this.logger.warn(`What the store holds as backup ${id} is none: ${(error as Error).message}`);
      return null;
    }
  }

  private async missing(store: ObjectStore, id: string): Promise<void> {
    // Made since the store was listed, perhaps.
    if ((await this.read(store, id)) !== null) return;
    await this.unitOfWork.run(async () => {
      const backup = await this.finds.markLost(id);
      if (backup !== null) this.events.emit('backup.lost', { backup });
    });
  }

  private async removeLeftBehind(corner: ObjectStore): Promise<void> {
    const before = secondsAfter(this.clock.now(), -LEFT_BEHIND_AFTER_SECONDS);
    for await (const key of corner.keys()) {
      const stat = await corner.stat(key);
      if (stat !== null && stat.modifiedAt > before) return;
    }
    await emptyCorner(corner);
  }
}
