import type { IncomingHttpHeaders } from 'node:http';

/** A strong entity tag (RFC 9110 section 8.8.3): equal bytes, equal tag. */
export function etagOf(sha256: string): string {
  return `"${sha256}"`;
}

/** Whether the current bytes are among those that `If-Match` names (RFC 9110 section 13.1.1). */
export function ifMatchHolds(ifMatch: string | undefined, sha256: string): boolean {
  if (ifMatch === undefined || ifMatch.trim() === '*') return true;
  return ifMatch.split(',').some((tag) => tag.trim() === etagOf(sha256));
}

/** Whether a request's preconditions let it go on; `If-None-Match` and its kin are Express's `fresh`. */
export function preconditionsHold(headers: IncomingHttpHeaders, sha256: string, modifiedAt: Date): boolean {
  const { 'if-match': ifMatch, 'if-unmodified-since': unmodifiedSince } = headers;
  if (ifMatch !== undefined) return ifMatchHolds(ifMatch, sha256);
  const since = unmodifiedSince === undefined ? NaN : Date.parse(unmodifiedSince);
  return Number.isNaN(since) || wholeSeconds(modifiedAt) <= since;
}

/** Whether a range is asked of these very bytes (RFC 9110 section 13.1.5): else all of them are sent. */
export function ifRangeHolds(ifRange: string | undefined, sha256: string, modifiedAt: Date): boolean {
  if (ifRange === undefined) return true;
  const condition = ifRange.trim();
  if (condition.startsWith('"') || condition.startsWith('W/')) return condition === etagOf(sha256);
  return Date.parse(condition) === wholeSeconds(modifiedAt);
}

/** As HTTP dates tell time. */
function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000;
}
