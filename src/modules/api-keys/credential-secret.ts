import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const MACHINE_CREDENTIAL_KINDS = ['pat', 'api_key'] as const;
export type MachineCredentialKind = (typeof MACHINE_CREDENTIAL_KINDS)[number];

const PREFIXES: Record<MachineCredentialKind, string> = { pat: 'pat_', api_key: 'key_' };

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = BigInt(ALPHABET.length);
const RANDOM_BYTES = 32;
/** Base62 digits that hold any 32 bytes, and any CRC-32. */
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const SHOWN = 3;

const SHAPE = new RegExp(`^(?:pat|key)_[0-9A-Za-z]{${RANDOM_DIGITS + CHECKSUM_DIGITS}}$`);

/**
 * A new secret: the kind's prefix, by which scanners know a leaked one, 32 random
 * bytes in base62, and a CRC-32 of all before it in base62, which tells a mistyped
 * one without asking the database (as GitHub's token format).
 */
export function newSecret(kind: MachineCredentialKind): string {
  const random = BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`);
  return withChecksum(PREFIXES[kind] + base62(random, RANDOM_DIGITS));
}

/** Whether a text presents itself as one of ours, be it mistyped. */
export function looksLikeSecret(text: string): boolean {
  return text.startsWith(PREFIXES.pat) || text.startsWith(PREFIXES.api_key);
}

/** Whether a text is a secret as we make them: prefix, alphabet, length and checksum. */
export function isWellFormedSecret(text: string): boolean {
  return SHAPE.test(text) && withChecksum(text.slice(0, -CHECKSUM_DIGITS)) === text;
}

/** What of a secret may be shown, to tell it from others: `pat_abc...xyz`. */
export function maskOf(secret: string): string {
  const shown = secret.indexOf('_') + 1 + SHOWN;
  return `${secret.slice(0, shown)}...${secret.slice(-SHOWN)}`;
}

function withChecksum(text: string): string {
  return text + base62(BigInt(crc32(text)), CHECKSUM_DIGITS);
}

function base62(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest /= BASE)
    text = ALPHABET.charAt(Number(rest % BASE)) + text;
  return text;
}
