import type { ObjectStore } from '../storage/object-store.port.js';
import type { BackupManifest } from './backup-manifest.js';

/** Writes down what the files' store holds as a backup is made, without a copy of it. */
export abstract class FilesInventory {
  /**
   * One line of JSON an object, backups left out.
   *
   * @param corner the backup's own, which gets the inventory.
   */
  abstract write(corner: ObjectStore, signal: AbortSignal): Promise<BackupManifest['inventory']>;
}
