import { createHmac, type KeyObject } from 'node:crypto';
import type { Request } from 'express';
import { stringify } from 'safe-stable-stringify';

/** What of a request makes it the same request when it is sent again. */
export type Fingerprinted = Pick<Request, 'method' | 'originalUrl' | 'headers'> & { readonly body?: unknown };

/**
 * Tells a retry from another request: method, address and body, whatever the
 * order of its members. Of a body that is still a stream only type and length
 * are known. Keyed, because a plain digest of a body with a password in it would
 * let whoever reads the table guess passwords at the speed of SHA-256.
 */
export function fingerprintOf(request: Fingerprinted, key: KeyObject): Buffer {
  const { method, originalUrl, body } = request;
  const payload = body === undefined ? streamed(request) : `json ${stringify(body)}`;
  return createHmac('sha256', key).update(`idempotency:${method} ${originalUrl}\n${payload}`).digest();
}

/** Without what a client makes anew for each attempt: a multipart body's boundary. */
function streamed({ headers }: Fingerprinted): string {
  const type = (headers['content-type'] ?? '').split(';')[0] ?? '';
  return `stream ${type.trim().toLowerCase()} ${headers['content-length'] ?? ''}`;
}
