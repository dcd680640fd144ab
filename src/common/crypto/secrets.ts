import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** A secret nobody can guess: 32 random bytes, base64url (43 characters). */
export function randomSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/**
 * What is kept of a random secret. A plain SHA-256 suffices: there is nothing to
 * guess about 256 random bits.
 */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
