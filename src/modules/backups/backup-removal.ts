import { Injectable, Logger } from '@nestjs/common';
import { BackupEngines } from './backup-engines.js';
import { BackupStores, emptyCorner, MANIFEST_KEY } from './backup-stores.js';
import type { BackupRow } from './backups.repository.js';

/** Removes every byte of a backup, wherever it is. Where that fails it can be tried again. */
@Injectable()
export class BackupRemoval {
  private readonly logger = new Logger(BackupRemoval.name);

  constructor(
    private readonly engines: BackupEngines,
    private readonly stores: BackupStores,
  ) {}

  async remove({ id, engine }: Pick<BackupRow, 'id' | 'engine'>): Promise<void> {
    const corner = await this.stores.corner(id);
    const isMade = await corner.has(MANIFEST_KEY);
    // First: it refuses what others continue.
    await this.engines
      .named(engine)
      ?.forget(id)
      .catch((error: unknown) => {
        if (isMade) throw error;
        // Of one that was never finished there is nothing as a rule, and its engine may not be set up any more.
        this.logger.warn(`What ${engine} may have of backup ${id} stays: ${(error as Error).message}`);
      });
    const copy = await this.stores.replicaCorner(id);
    if (copy !== null) await emptyCorner(copy);
    await emptyCorner(corner);
  }
}
