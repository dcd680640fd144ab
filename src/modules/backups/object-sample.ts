import { createHash, randomInt } from 'node:crypto';
import { isProblem } from '../../common/errors/app-error.js';
import type { ObjectStore } from '../storage/object-store.port.js';
import type { InventoryLine } from './inventory-lines.js';

const MOST_NEWEST = 20;
const MOST_RANDOM = 30;
/** Of what is larger the size alone is looked at. */
const MOST_READ_BYTES = 64 * 1024 * 1024;

/** How what the store holds now compares with some lines of an inventory. */
export interface SampleFindings {
  readonly checked: number;
  /** Of another size or other bytes. */
  readonly altered: readonly string[];
  readonly missing: readonly string[];
}

/** Some of an inventory, in constant memory: the newest, which nobody has read since, and of the others any. */
export async function sampleOf(lines: AsyncIterable<InventoryLine>): Promise<InventoryLine[]> {
  const newest: InventoryLine[] = [];
  const random: InventoryLine[] = [];
  let seen = 0;
  for await (const line of lines) {
    const other = keepNewest(newest, line);
    if (other === null) continue;
    seen += 1;
    // Reservoir sampling: each of those seen stays with the same chance.
    const place = random.length < MOST_RANDOM ? random.length : randomInt(seen);
    if (place < MOST_RANDOM) random[place] = other;
  }
  return [...newest, ...random];
}

/** @returns the one that is not among the newest; null while there is room. */
function keepNewest(newest: InventoryLine[], line: InventoryLine): InventoryLine | null {
  newest.push(line);
  newest.sort((one, other) => other.modified_at.localeCompare(one.modified_at));
  return newest.length > MOST_NEWEST ? (newest.pop() ?? null) : null;
}

/** @throws AppError `storage_unavailable`; the signal's reason. */
export async function compareSample(
  files: ObjectStore,
  lines: readonly InventoryLine[],
  signal: AbortSignal,
): Promise<SampleFindings> {
  const altered: string[] = [];
  const missing: string[] = [];
  for (const line of lines) {
    signal.throwIfAborted();
    const state = await compare(files, line, signal);
    if (state === 'altered') altered.push(line.key);
    if (state === 'missing') missing.push(line.key);
  }
  return { checked: lines.length, altered, missing };
}

async function compare(
  files: ObjectStore,
  { key, size, sha256 }: InventoryLine,
  signal: AbortSignal,
): Promise<'same' | 'altered' | 'missing'> {
  try {
    const stat = await files.stat(key);
    if (stat === null) return 'missing';
    if (stat.size !== size) return 'altered';
    if (sha256 === null || size > MOST_READ_BYTES) return 'same';
    const digest = createHash('sha256');
    for await (const piece of (await files.get(key, { signal })) as AsyncIterable<Buffer>)
      digest.update(piece);
    return digest.digest('hex') === sha256 ? 'same' : 'altered';
  } catch (error) {
    if (isProblem(error, 'object_corrupt')) return 'altered';
    if (isProblem(error, 'object_not_found')) return 'missing';
    throw error;
  }
}
