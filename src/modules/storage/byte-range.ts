import type { ByteRange } from './object-store.port.js';
import { StorageErrors } from './storage.errors.js';

/**
 * The positions a range means in an object of `size` bytes, both ends inclusive.
 *
 * @throws AppError 416 `range_not_satisfiable` where it holds no byte of it.
 */
export function resolveRange({ start, end }: ByteRange, size: number): Required<ByteRange> {
  const last = Math.min(end ?? size, size - 1);
  if (start > last) throw StorageErrors.rangeNotSatisfiable(size);
  return { start, end: last };
}
