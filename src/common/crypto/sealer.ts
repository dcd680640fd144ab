import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretsConfig } from '../../config/config.js';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

interface Key {
  readonly id: Buffer;
  readonly bytes: Buffer;
}

/**
 * Seals secrets that must be read again (AES-256-GCM, NIST SP 800-38D). Layout:
 * version, key id, nonce, ciphertext, tag. The first of `ENCRYPTION_KEY` seals;
 * the others still open what they sealed, so that keys can be rotated.
 */
@Injectable()
export class Sealer {
  private readonly keys: readonly [Key, ...Key[]];

  constructor({ encryptionKeys }: SecretsConfig) {
    this.keys = encryptionKeys.map(keyFrom) as [Key, ...Key[]];
  }

  /** @param purpose what and whose it is; opening under another purpose fails. */
  seal(plaintext: string, purpose: string): Buffer {
    const [key] = this.keys;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), key.id, nonce, body, cipher.getAuthTag()]);
  }

  /** @throws Error when no key fits, or the bytes or the purpose are not those sealed. */
  open(sealed: Buffer, purpose: string): string {
    const id = sealed.subarray(1, 1 + KEY_ID_BYTES);
    const key = this.keys.find((candidate) => candidate.id.equals(id));
    if (sealed[0] !== VERSION || key === undefined || sealed.length < HEADER_BYTES + TAG_BYTES) {
      throw new Error('Sealed with a key that ENCRYPTION_KEY does not list');
    }
    const nonce = sealed.subarray(1 + KEY_ID_BYTES, HEADER_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([
      decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8');
  }
}

function keyFrom(text: string): Key {
  const bytes = Buffer.from(hkdfSync('sha256', text, '', 'cloudkeep sealing key', 32));
  return { bytes, id: createHash('sha256').update(bytes).digest().subarray(0, KEY_ID_BYTES) };
}
