import type { IncomingMessage } from 'node:http';
import { IdempotencyErrors } from './idempotency.errors.js';

const LONGEST = 255;
const PRINTABLE = /^[\x20-\x7e]*$/;
/** A string of RFC 8941 section 3.3.3, the form the draft prescribes. */
const QUOTED = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/;

/**
 * The key a request carries; `"abc"` is the same as `abc`. Null without the header.
 *
 * @throws AppError 400 naming the header when it is empty, too long, not printable ASCII or sent twice.
 */
export function idempotencyKeyOf({ headersDistinct }: IncomingMessage): string | null {
  const sent = headersDistinct['idempotency-key'];
  if (sent === undefined) return null;
  const [value = '', ...more] = sent;
  if (more.length > 0) throw IdempotencyErrors.malformed('must be sent once');
  if (!PRINTABLE.test(value)) throw IdempotencyErrors.malformed('must be printable ASCII');
  const key = value.startsWith('"') ? unquoted(value) : value;
  if (key === '') throw IdempotencyErrors.malformed('must not be empty');
  if (key.length > LONGEST) throw IdempotencyErrors.malformed(`must have at most ${LONGEST} characters`);
  return key;
}

function unquoted(value: string): string {
  if (!QUOTED.test(value))
    throw IdempotencyErrors.malformed('must be a closed string when it begins with a quote');
  return value.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
}
