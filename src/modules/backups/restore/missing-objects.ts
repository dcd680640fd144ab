import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { inBatches } from '../../../common/streams/in-batches.js';
import type { ObjectStore } from '../../storage/object-store.port.js';
import type { InventoryLine } from '../inventory-lines.js';

/** Asked of the store at a time. */
const PARALLEL = 16;

export interface MissingObjects {
  readonly checked: number;
  readonly missing: number;
}

/**
 * Looks for every object of an inventory, in constant memory, and lists those that are
 * not there, or of another size, in a file: one line of JSON each, as the inventory has it.
 *
 * @throws AppError `storage_unavailable`; Error where the file can not be written.
 */
export async function listMissing(
  files: ObjectStore,
  lines: AsyncIterable<InventoryLine>,
  listFile: string,
): Promise<MissingObjects> {
  const found = { checked: 0, missing: 0 };
  await mkdir(dirname(listFile), { recursive: true });
  await pipeline(missingLines(files, lines, found), createWriteStream(listFile, { mode: 0o600 }));
  if (found.missing === 0) await rm(listFile, { force: true });
  return found;
}

async function* missingLines(
  files: ObjectStore,
  lines: AsyncIterable<InventoryLine>,
  found: { checked: number; missing: number },
): AsyncGenerator<string> {
  for await (const batch of inBatches(lines, PARALLEL)) {
    const stats = await Promise.all(batch.map(({ key }) => files.stat(key)));
    const gone = batch.filter(({ size }, at) => stats[at]?.size !== size);
    found.checked += batch.length;
    found.missing += gone.length;
    for (const line of gone) yield `${JSON.stringify(line)}\n`;
  }
}
