import { createHash, hkdfSync } from 'node:crypto';

export const KEY_ID_BYTES = 4;

export interface RingKey {
  /** Tells which key sealed something; says nothing about the key. */
  readonly id: Buffer;
  readonly bytes: Buffer;
}

/**
 * The keys that `ENCRYPTION_KEY` lists, made fit for one purpose (HKDF, RFC 5869).
 * The first seals; all open, so that keys can be rotated.
 */
export class KeyRing {
  private readonly keys: readonly [RingKey, ...RingKey[]];

  constructor(secrets: readonly string[], purpose: string) {
    this.keys = secrets.map((secret) => derive(secret, purpose)) as [RingKey, ...RingKey[]];
  }

  get sealing(): RingKey {
    return this.keys[0];
  }

  /** @throws Error when none has this id. */
  find(id: Buffer): RingKey {
    const key = this.keys.find((candidate) => candidate.id.equals(id));
    if (key === undefined) throw new Error('Sealed with a key that ENCRYPTION_KEY does not list');
    return key;
  }
}

function derive(secret: string, purpose: string): RingKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
  return { bytes, id: createHash('sha256').update(bytes).digest().subarray(0, KEY_ID_BYTES) };
}
