import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname } from 'node:path';
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
 */
export async function listMissing(
  files: ObjectStore,
  lines: AsyncIterable<InventoryLine>,
  listFile: string,
): Promise<MissingObjects> {
  await mkdir(dirname(listFile), { recursive: true });
  const list = createWriteStream(listFile, { mode: 0o600 });
  const found = { checked: 0, missing: 0 };
  for await (const batch of inBatches(lines, PARALLEL)) {
    const stats = await Promise.all(batch.map(({ key }) => files.stat(key)));
    const gone = batch.filter(({ size }, at) => stats[at]?.size !== size);
    found.checked += batch.length;
    found.missing += gone.length;
    for (const line of gone) if (!list.write(`${JSON.stringify(line)}\n`)) await once(list, 'drain');
  }
  list.end();
  await once(list, 'close');
  if (found.missing === 0) await rm(listFile, { force: true });
  return found;
}
