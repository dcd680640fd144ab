import { createPrivateKey, type KeyObject } from 'node:crypto';

/** An Ed25519 private key, PKCS #8 DER in base64. @throws Error where it is none. */
export function readSigningKey(text: string): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  return key;
}
