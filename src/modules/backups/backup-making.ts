import { Injectable } from '@nestjs/common';
import type { ObjectStore } from '../storage/object-store.port.js';
import type { BackupEngine, BackupYield } from './backup-engine.port.js';
import { BackupEngines } from './backup-engines.js';
import type { BackupManifest } from './backup-manifest.js';
import { BackupManifests } from './backup-manifests.js';
import { BackupOrigin } from './backup-origin.js';
import { BackupParents } from './backup-parents.js';
import { BackupStores, emptyCorner } from './backup-stores.js';
import { BackupErrors } from './backups.errors.js';
import type { BackupRow } from './backups.repository.js';
import { FilesInventory } from './files-inventory.port.js';

export interface MakingOptions {
  readonly onProgress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Makes one backup: the engine's part, the inventory of the files, and last the manifest. */
@Injectable()
export class BackupMaking {
  constructor(
    private readonly engines: BackupEngines,
    private readonly parents: BackupParents,
    private readonly stores: BackupStores,
    private readonly manifests: BackupManifests,
    private readonly inventory: FilesInventory,
    private readonly origin: BackupOrigin,
  ) {}

  /**
   * What was made already is only read: a process may have died before it could say
   * so, and a restored database knows its own backup as one that is being made.
   */
  async made(id: string): Promise<BackupManifest | null> {
    return this.manifests.read(await this.stores.corner(id), id);
  }

  /** @throws AppError; nothing of it is left then, unless the store does not answer. */
  async make(row: BackupRow, options: MakingOptions): Promise<BackupManifest> {
    const engine = this.engines.named(row.engine);
    if (engine === null) throw BackupErrors.toolsMissing(row.kind, []);
    const corner = await this.stores.corner(row.id);
    // What an attempt left that was cut off.
    await discard(engine, row.id, corner);
    try {
      const manifest = await this.compose(row, engine, corner, options);
      options.signal.throwIfAborted();
      await this.manifests.write(corner, manifest);
      return manifest;
    } catch (error) {
      await discard(engine, row.id, corner).catch(() => undefined);
      throw error;
    }
  }

  private async compose(
    row: BackupRow,
    engine: BackupEngine,
    corner: ObjectStore,
    options: MakingOptions,
  ): Promise<BackupManifest> {
    const { id, kind } = row;
    const parent = kind === 'full' ? null : await this.parents.continuedBy(row);
    const startedAt = this.origin.now();
    const schema = await this.origin.schemaVersion();
    const yielded: BackupYield = await engine.make({ id, kind, parent, store: corner, ...options });
    const inventory = await this.inventory.write(corner, options.signal);
    return {
      ...{ format: 1, id, kind, engine: engine.name, parent_id: parent?.id ?? null },
      started_at: startedAt.toISOString(),
      finished_at: this.origin.now().toISOString(),
      cloudkeep_version: this.origin.version,
      schema_version: schema,
      ...yielded,
      inventory,
    };
  }
}

/** The manifest goes first: what makes it a backup must not outlive what the engine has of it. */
async function discard(engine: BackupEngine, id: string, corner: ObjectStore): Promise<void> {
  await emptyCorner(corner);
  // Best effort: the only full set there is stays, and goes with the backup at the latest.
  await engine.forget(id).catch(() => undefined);
}
