import type { ByteRange } from '../object-store.port.js';

/** As in RFC 9110 section 14.1.2. */
export function rangeHeader(range: ByteRange | undefined): string | undefined {
  return range === undefined ? undefined : `bytes=${range.start}-${range.end ?? ''}`;
}

/** Whether it ends before it begins: servers take no notice of such a header, and answer with everything. */
export function isEmptyRange(range: ByteRange | undefined): boolean {
  return range?.end !== undefined && range.end < range.start;
}
