import { createHash } from 'node:crypto';
import { canonicalJson } from '../../common/crypto/canonical-json.js';

/** A row of the trail as it is hashed: all it says, times and addresses as PostgreSQL writes them. */
export interface TrailRecord {
  readonly id: string;
  /** UTC, to the microsecond. */
  readonly created_at: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly action: string;
  readonly resource: string;
  /** The text itself where it is no I-JSON (RFC 7493), which only somebody at the database can make it. */
  readonly details: unknown;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly request_id: string | null;
}

/** A link of an organisation's chain. */
export interface ChainLink {
  readonly seq: number;
  readonly log_id: string;
  /** Of the row. */
  readonly digest: Buffer;
  /** Of the link before and the digest. */
  readonly hash: Buffer;
}

/** What stands before the first link. */
export const GENESIS = Buffer.alloc(32);

export function digestOf(record: TrailRecord): Buffer {
  return createHash('sha256').update(canonicalJson(record)).digest();
}

export function linkHash(previous: Buffer, digest: Buffer): Buffer {
  return createHash('sha256').update(previous).update(digest).digest();
}

/** PostgreSQL writes numbers without exponents: one beyond what a double holds is no shorter. */
const DIGITS_OF_INFINITY = 309;

/** What a row's `details` are in its record. */
export function detailsOf(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Stryker disable next-line ConditionalExpression,EqualityOperator: a short cut
  if (text.length < DIGITS_OF_INFINITY) return value;
  try {
    canonicalJson(value);
    return value;
  } catch {
    return text;
  }
}

/** When a UUIDv7 was made, in milliseconds; null for another id. */
export function madeAt(id: string): number | null {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : null;
}

/** The least id of that time. */
export function idAt(milliseconds: number): string {
  const time = milliseconds.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
