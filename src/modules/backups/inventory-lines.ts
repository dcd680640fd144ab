import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ObjectStore } from '../storage/object-store.port.js';
import type { BackupPart } from './backup-manifest.js';
import { readPart } from './backup-parts.js';
import { BackupErrors } from './backups.errors.js';

export const INVENTORY_KEY = 'inventory.ndjson.gz';

/** An object of the files' store as it was when a backup was made: one line of the inventory. */
export interface InventoryLine {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** Lower-case hex; null where no row knows. */
  readonly sha256: string | null;
  readonly modified_at: string;
}

/** The inventory, an object at a time. @throws AppError `backup_damaged` where it is not what was written. */
export async function* inventoryLines(
  corner: ObjectStore,
  part: BackupPart,
  signal: AbortSignal,
): AsyncGenerator<InventoryLine> {
  const packed = readPart(corner, part, { onProgress: () => undefined, signal });
  const plain = pipeline(packed, createGunzip(), () => undefined).setEncoding('utf8');
  let rest = '';
  try {
    for await (const piece of plain as AsyncIterable<string>) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as InventoryLine;
    }
  } catch (error) {
    const isUnpacking = (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true;
    throw isUnpacking ? BackupErrors.damaged(`${part.key} can not be unpacked.`, error) : error;
  }
}
