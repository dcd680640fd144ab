import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { assertObjectKey } from '../object-key.js';

/** Under the 255 bytes that file systems allow a name, with room for its mark. */
const PART_LENGTH = 200;
/** Marks the parts of a name that is too long for one; no encoded key contains it. */
const MARK = '~';
/** Names of the two levels of folders above each file. */
export const SHARD = /^[0-9a-f]{2}$/;

/** Where an object lies below the root. */
export interface Place {
  /** Below the root. */
  readonly folder: string;
  /** Of the file, below the root. */
  readonly path: string;
}

/**
 * The place of a key: `<2 hex>/<2 hex>/<name>`. The digits are the first of the
 * key's SHA-256, so that 65,536 folders fill evenly; the name is the key, percent-encoded,
 * so that a person can read it and the store can tell it again. A name beyond
 * what a file system takes goes on in folders: `<part>~/<part>~/~<rest>`.
 *
 * @throws AppError `invalid_object_key`.
 */
export function placeOf(key: string): Place {
  assertObjectKey(key);
  const digest = createHash('sha256').update(key).digest('hex');
  const parts = partsOf(encode(key));
  const name = parts.pop() ?? '';
  const folder = join(digest.slice(0, 2), digest.slice(2, 4), ...parts.map((part) => part + MARK));
  // The mark also keeps a rest of `..` from being taken for a folder.
  return { folder, path: join(folder, parts.length === 0 ? name : MARK + name) };
}

/** What the name of a folder adds to the names below it; null for one that is not ours. */
export function partOf(folderName: string): string | null {
  return folderName.endsWith(MARK) ? folderName.slice(0, -1) : null;
}

/** The key of a file found at `path` below the root; null when no object could lie there. */
export function keyAt(path: string, parts: readonly string[], fileName: string): string | null {
  try {
    const rest = parts.length === 0 ? fileName : fileName.slice(1);
    const key = decodeURIComponent(parts.join('') + rest);
    return placeOf(key).path === path ? key : null;
  } catch {
    return null;
  }
}

/** Plain ASCII, so that no file system confuses two scripts or two ways to write a letter. */
function encode(key: string): string {
  return encodeURIComponent(key).replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

function partsOf(encoded: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < encoded.length; at += PART_LENGTH) parts.push(encoded.slice(at, at + PART_LENGTH));
  return parts;
}
