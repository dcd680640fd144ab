import { Injectable } from '@nestjs/common';
import { asDamage } from './backup-damage.js';
import { BackupEngines } from './backup-engines.js';
import { BackupManifests } from './backup-manifests.js';
import { BackupStores, emptyCorner } from './backup-stores.js';

/** Removes every byte of a backup, wherever it is. Where that fails it can be tried again. */
@Injectable()
export class BackupRemoval {
  constructor(
    private readonly engines: BackupEngines,
    private readonly stores: BackupStores,
    private readonly manifests: BackupManifests,
  ) {}

  async remove(id: string): Promise<void> {
    const corner = await this.stores.corner(id);
    const manifest = await this.manifests.read(corner, id).catch((error: unknown) => {
      if (asDamage(error) === null) throw error;
      return null;
    });
    // First: the manifest alone knows what the engine has elsewhere.
    if (manifest !== null) await this.engines.named(manifest.engine)?.forget(manifest);
    const copy = await this.stores.replicaCorner(id);
    if (copy !== null) await emptyCorner(copy);
    await emptyCorner(corner);
  }
}
