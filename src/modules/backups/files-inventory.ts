import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { inBatches } from '../../common/streams/in-batches.js';
import { FileDigestsService } from '../files/file-digests.service.js';
import { ObjectStore } from '../storage/object-store.port.js';
import type { BackupManifest } from './backup-manifest.js';
import { writePart } from './backup-parts.js';
import { BACKUPS_PREFIX } from './backup-stores.js';
import { FilesInventory } from './files-inventory.port.js';
import { INVENTORY_KEY, type InventoryLine } from './inventory-lines.js';

/** Asked of the rows at a time. */
const BATCH = 500;
/** Asked of the store at a time. */
const PARALLEL = 8;

/** One line an object, packed, in constant memory; what rows know of is not asked of the store. */
@Injectable()
export class StoreInventory extends FilesInventory {
  constructor(
    private readonly files: ObjectStore,
    private readonly digests: FileDigestsService,
  ) {
    super();
  }

  override async write(corner: ObjectStore, signal: AbortSignal): Promise<BackupManifest['inventory']> {
    const count = { objects: 0 };
    const plain = Readable.from(this.lines(count, signal), { objectMode: false });
    const packed = pipeline(plain, createGzip(), () => undefined);
    const part = await writePart(corner, INVENTORY_KEY, packed, { onProgress: () => undefined, signal });
    return { ...part, objects: count.objects };
  }

  private async *lines(count: { objects: number }, signal: AbortSignal): AsyncGenerator<string> {
    for await (const keys of inBatches(this.keys(), BATCH)) {
      signal.throwIfAborted();
      const lines = await this.describe(keys);
      count.objects += lines.length;
      yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    }
  }

  private async *keys(): AsyncGenerator<string> {
    for await (const key of this.files.keys()) if (!key.startsWith(BACKUPS_PREFIX)) yield key;
  }

  private async describe(keys: readonly string[]): Promise<InventoryLine[]> {
    const known = await this.digests.known(keys);
    const lines: InventoryLine[] = [];
    const unknown: string[] = [];
    for (const key of keys) {
      const row = known.get(key);
      if (row === undefined) unknown.push(key);
      else lines.push({ key, size: row.size, sha256: row.sha256, modified_at: row.createdAt.toISOString() });
    }
    for (let at = 0; at < unknown.length; at += PARALLEL) {
      const asked = await Promise.all(unknown.slice(at, at + PARALLEL).map((key) => this.ask(key)));
      lines.push(...asked.filter((line) => line !== null));
    }
    return lines;
  }

  /** Null for what is gone since it was listed. */
  private async ask(key: string): Promise<InventoryLine | null> {
    const stat = await this.files.stat(key);
    if (stat === null) return null;
    return { key, size: stat.size, sha256: null, modified_at: stat.modifiedAt.toISOString() };
  }
}
