import type { ImageMetadata } from './extracted-metadata.js';
import type { StoredBytes } from './stored-bytes.js';

/** Tags, types and layout: TIFF 6.0, part 1; the orientation also Exif 2.3, 4.6.4. */
const TAG = { width: 256, height: 257, orientation: 274 } as const;
const TYPE = { short: 3, long: 4 } as const;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;
/** Real ones have a few dozen. */
const MOST_ENTRIES = 512;

type Tags = ReadonlyMap<number, number>;

/** Its size; the directory that says it may lie anywhere, often behind the pixels. */
export async function tiffSize(bytes: StoredBytes): Promise<ImageMetadata | null> {
  const header = headerOf(await bytes.take(0, HEADER_BYTES));
  if (header === null) return null;
  const directory = await bytes.take(header.directory, 2 + MOST_ENTRIES * ENTRY_BYTES);
  const tags = tagsOf(directory, header.isLittleEndian);
  const [width, height] = [tags.get(TAG.width), tags.get(TAG.height)];
  if (width === undefined || height === undefined) return null;
  return liesOnItsSide(tags) ? { width: height, height: width } : { width, height };
}

/** Whether the TIFF structure that Exif is says that the picture is to be turned by a quarter. */
export function exifTurns(exif: Uint8Array): boolean {
  const header = headerOf(exif);
  if (header === null) return false;
  return liesOnItsSide(tagsOf(exif.subarray(header.directory), header.isLittleEndian));
}

/** Orientations 5 to 8 put what is stored as a row where a column is shown. */
function liesOnItsSide(tags: Tags): boolean {
  const orientation = tags.get(TAG.orientation) ?? 1;
  return orientation >= 5 && orientation <= 8;
}

function headerOf(bytes: Uint8Array): { isLittleEndian: boolean; directory: number } | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = viewOf(bytes);
  const order = view.getUint16(0);
  const isLittleEndian = order === 0x4949;
  if (!isLittleEndian && order !== 0x4d4d) return null;
  if (view.getUint16(2, isLittleEndian) !== 42) return null;
  return { isLittleEndian, directory: view.getUint32(4, isLittleEndian) };
}

/** The single numbers of a directory, as far as it is there. */
function tagsOf(directory: Uint8Array, isLittleEndian: boolean): Tags {
  const tags = new Map<number, number>();
  if (directory.length < 2) return tags;
  const view = viewOf(directory);
  const entries = Math.min(view.getUint16(0, isLittleEndian), MOST_ENTRIES);
  for (
    let at = 2;
    at < 2 + entries * ENTRY_BYTES && at + ENTRY_BYTES <= directory.length;
    at += ENTRY_BYTES
  ) {
    const type = view.getUint16(at + 2, isLittleEndian);
    if (view.getUint32(at + 4, isLittleEndian) !== 1) continue;
    const tag = view.getUint16(at, isLittleEndian);
    if (type === TYPE.short) tags.set(tag, view.getUint16(at + 8, isLittleEndian));
    if (type === TYPE.long) tags.set(tag, view.getUint32(at + 8, isLittleEndian));
  }
  return tags;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
