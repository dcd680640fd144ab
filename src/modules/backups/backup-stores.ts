import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BackupsConfig } from '../../config/backups.js';
import { StorageConfig, type StoreLocation } from '../../config/storage.js';
import type { ObjectStore } from '../storage/object-store.port.js';
import { partOf, StoresService } from '../storage/stores.service.js';

/** What all backups begin with in a store, below `STORAGE_PREFIX`. */
export const BACKUPS_PREFIX = 'backups/';

/**
 * Where backups are kept: sealed whatever the files are, and once only, for each store
 * is opened anew and not reached through that of the files. Opened when first used, so
 * that nobody waits for it at a start; what could not be opened is tried again.
 */
@Injectable()
export class BackupStores implements OnApplicationShutdown {
  private first: Promise<ObjectStore> | null = null;
  private second: Promise<ObjectStore> | null = null;

  constructor(
    private readonly config: BackupsConfig,
    private readonly storage: StorageConfig,
    private readonly stores: StoresService,
  ) {}

  get hasReplica(): boolean {
    return this.config.replica !== null;
  }

  /** All backups, each in its own corner. @throws AppError `storage_unavailable`. */
  async main(): Promise<ObjectStore> {
    this.first ??= this.open(this.config.location).catch((error: unknown) => {
      this.first = null;
      throw error;
    });
    return this.first;
  }

  /** The copies; null where none are kept. @throws AppError `storage_unavailable`. */
  async replica(): Promise<ObjectStore | null> {
    const { replica } = this.config;
    if (replica === null) return null;
    this.second ??= this.open(replica).catch((error: unknown) => {
      this.second = null;
      throw error;
    });
    return this.second;
  }

  async corner(id: string): Promise<ObjectStore> {
    return cornerOf(await this.main(), id);
  }

  async replicaCorner(id: string): Promise<ObjectStore | null> {
    const replica = await this.replica();
    return replica === null ? null : cornerOf(replica, id);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const store of [this.first, this.second])
      await store?.then(
        (opened) => opened.close(),
        () => undefined,
      );
  }

  private open(location: StoreLocation): Promise<ObjectStore> {
    return this.stores.openSealed(location, this.storage.prefix + BACKUPS_PREFIX);
  }
}

/** One backup's own part of a store. */
export function cornerOf(store: ObjectStore, id: string): ObjectStore {
  return partOf(store, `${id}/`);
}

/** Removes all there is, what makes it a backup first, so that no half of one is taken for a whole. */
export async function emptyCorner(corner: ObjectStore): Promise<void> {
  await corner.delete(MANIFEST_KEY);
  for await (const key of corner.keys()) await corner.delete(key);
}

export const MANIFEST_KEY = 'manifest.json';
