import { StorageErrors } from './storage.errors.js';

/** As S3, Azure and Google allow. */
const MOST_BYTES = 1024;
/** A file system's limit on one name; the local store uses each segment as one. */
const MOST_SEGMENT_BYTES = 255;
// eslint-disable-next-line no-control-regex -- they are what is refused
const UNSAFE = /[\u0000-\u001f\u007f\\]/;

/**
 * Refuses what could mean another place on some medium: keys are segments joined
 * by `/`, none of them empty, `.` or `..`, without control characters and backslashes.
 *
 * @throws AppError `invalid_object_key`.
 */
export function assertObjectKey(key: string): void {
  const fault = faultOf(key);
  if (fault !== null) throw StorageErrors.invalidKey(fault);
}

/** Whether it is one, as what others put into a bucket may not be. */
export function isObjectKey(name: string): boolean {
  return faultOf(name) === null;
}

function faultOf(key: string): string | null {
  if (!key.isWellFormed() || UNSAFE.test(key))
    return 'must be text without control characters and backslashes';
  if (Buffer.byteLength(key) > MOST_BYTES) return `has at most ${MOST_BYTES} bytes`;
  for (const segment of key.split('/')) {
    if (segment === '' || segment === '.' || segment === '..') {
      return 'has no empty segments, and none that is . or ..';
    }
    if (Buffer.byteLength(segment) > MOST_SEGMENT_BYTES) {
      return `has segments of at most ${MOST_SEGMENT_BYTES} bytes`;
    }
  }
  return null;
}

/** Whether some key may begin so. Clouds answer for other prefixes in ways of their own, or not at all. */
export function canBeginKey(prefix: string): boolean {
  return prefix.isWellFormed() && !UNSAFE.test(prefix) && !prefix.startsWith('/') && !prefix.includes('//');
}
