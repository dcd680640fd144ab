import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretsConfig } from '../../config/config.js';
import { KEY_ID_BYTES, KeyRing } from './key-ring.js';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

/**
 * Seals secrets that must be read again (AES-256-GCM, NIST SP 800-38D). Layout:
 * version, key id, nonce, ciphertext, tag. The first of `ENCRYPTION_KEY` seals;
 * the others still open what they sealed, so that keys can be rotated.
 */
@Injectable()
export class Sealer {
  private readonly keys: KeyRing;

  constructor({ encryptionKeys }: SecretsConfig) {
    this.keys = new KeyRing(encryptionKeys, 'cloudkeep sealing key');
  }

  /** Of the key that seals; stands behind the version in what it sealed. */
  get keyId(): Buffer {
    return this.keys.sealing.id;
  }

  /** @param purpose what and whose it is; opening under another purpose fails. */
  seal(plaintext: string, purpose: string): Buffer {
    const key = this.keys.sealing;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), key.id, nonce, body, cipher.getAuthTag()]);
  }

  /** @throws Error when no key fits, or the bytes or the purpose are not those sealed. */
  open(sealed: Buffer, purpose: string): string {
    if (sealed[0] !== VERSION || sealed.length < HEADER_BYTES + TAG_BYTES) {
      throw new Error('Sealed in no form that is known');
    }
    const key = this.keys.find(sealed.subarray(1, 1 + KEY_ID_BYTES));
    const nonce = sealed.subarray(1 + KEY_ID_BYTES, HEADER_BYTES);
    // Stryker disable next-line ObjectLiteral: no other length is cut off below; said nevertheless, as it is advised
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([
      decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8');
  }
}
