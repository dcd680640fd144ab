import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange } from '../storage/object-store.port.js';

/** A strong entity tag (RFC 9110 section 8.8.3): equal bytes, equal tag. */
export function etagOf(sha256: string): string {
  return `"${sha256}"`;
}

/** Whether the current bytes are among those that `If-Match` names (RFC 9110 section 13.1.1). */
export function ifMatchHolds(ifMatch: string | undefined, sha256: string): boolean {
  if (ifMatch === undefined || ifMatch.trim() === '*') return true;
  return ifMatch.split(',').some((tag) => tag.trim() === etagOf(sha256));
}

/** Whether a request's preconditions let it go on; `If-None-Match` and its kin are `isKnown`. */
export function preconditionsHold(headers: IncomingHttpHeaders, sha256: string, modifiedAt: Date): boolean {
  const { 'if-match': ifMatch, 'if-unmodified-since': unmodifiedSince } = headers;
  if (ifMatch !== undefined) return ifMatchHolds(ifMatch, sha256);
  const since = unmodifiedSince === undefined ? NaN : Date.parse(unmodifiedSince);
  return Number.isNaN(since) || wholeSeconds(modifiedAt) <= since;
}

/**
 * Whether the caller says it has these bytes already (RFC 9110 sections 13.1.2 and 13.1.3).
 * Not Express's `fresh`: that heeds `Cache-Control: no-cache`, which `fetch` adds to
 * every conditional request.
 */
export function isKnown(headers: IncomingHttpHeaders, sha256: string, modifiedAt: Date): boolean {
  const { 'if-none-match': ifNoneMatch, 'if-modified-since': modifiedSince } = headers;
  if (ifNoneMatch !== undefined) {
    const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return tags.some((tag) => tag === '*' || tag === etagOf(sha256));
  }
  return modifiedSince !== undefined && wholeSeconds(modifiedAt) <= Date.parse(modifiedSince);
}

/** Whether a range is asked of these very bytes (RFC 9110 section 13.1.5): else all of them are sent. */
export function ifRangeHolds(ifRange: string | undefined, sha256: string, modifiedAt: Date): boolean {
  if (ifRange === undefined) return true;
  const condition = ifRange.trim();
  if (condition.startsWith('"') || condition.startsWith('W/')) return condition === etagOf(sha256);
  return Date.parse(condition) === wholeSeconds(modifiedAt);
}

const SPEC = String.raw`\s*(?:\d+-\d*|-\d+)\s*`;
const RANGES = new RegExp(`^bytes=${SPEC}(?:,${SPEC})*$`, 'i');

/**
 * The one range that is asked for (RFC 9110 section 14.1.2), both ends inclusive.
 * Null for one of another unit or malformed, which is as if it were not there.
 *
 * @returns 'unsatisfiable' for what a file of `size` bytes does not have, and for several at once.
 */
export function rangeIn(
  range: string | undefined,
  size: number,
): Required<ByteRange> | 'unsatisfiable' | null {
  if (range === undefined || !RANGES.test(range)) return null;
  const [first = '', last = ''] = range.slice('bytes='.length).trim().split('-');
  const isSuffix = first === '';
  const start = isSuffix ? Math.max(0, size - Number(last)) : Number(first);
  const end = isSuffix || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return range.includes(',') || start > end || start >= size ? 'unsatisfiable' : { start, end };
}

/** As HTTP dates tell time. */
function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000;
}
