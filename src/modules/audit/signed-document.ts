import { createHash, createPublicKey, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../../common/crypto/canonical-json.js';

/** What is signed of a chain: that its link `seq` has this hash, and so has everything before it. */
export interface Seal {
  readonly type: 'cloudkeep.audit-seal';
  readonly organization_id: string;
  readonly seq: number;
  /** In hexadecimal. */
  readonly hash: string;
  /** Links since the seal before. */
  readonly count: number;
  /** Times of the first and the last of them. */
  readonly from: string | null;
  readonly to: string | null;
  readonly sealed_at: string;
  /** SHA-256 of the seal before, in hexadecimal; null for the first. */
  readonly previous: string | null;
}

/** What is signed of a month that went into the object store. */
export interface ArchiveManifest {
  readonly type: 'cloudkeep.audit-archive';
  readonly organization_id: string;
  /** Such as `2026_01`. */
  readonly month: string;
  readonly rows: number;
  readonly object: string;
  /** Of the object, in hexadecimal. */
  readonly sha256: string;
  /** Rows with lesser ids are in this archive and those before. */
  readonly archived_before: string;
  /** The last link of which nothing is kept but its hash; the chain is checked from here. */
  readonly seq: number;
  readonly hash: string;
  readonly archived_at: string;
}

export type Document = Seal | ArchiveManifest;

interface Signature {
  /** RFC 7638 thumbprint of the public key. */
  readonly key: string;
  /** Ed25519 (RFC 8032) of the canonical JSON (RFC 8785) of all but this member, base64url. */
  readonly signature: string;
}

export interface DocumentKey {
  readonly thumbprint: string;
  readonly privateKey: KeyObject;
}

/** Public keys by thumbprint. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

/** RFC 7638, of an Ed25519 key (RFC 8037 appendix A.3). */
export function thumbprintOf(publicKey: KeyObject): string {
  const { crv, kty, x } = publicKey.export({ format: 'jwk' });
  return createHash('sha256').update(canonicalJson({ crv, kty, x })).digest('base64url');
}

export function signed(document: Document, { thumbprint, privateKey }: DocumentKey): string {
  const content = { ...document, key: thumbprint };
  const signature = sign(null, Buffer.from(canonicalJson(content)), privateKey).toString('base64url');
  return canonicalJson({ ...content, signature });
}

/** Null where it is none, or signed by none of these keys. */
export function readSigned<Type extends Document['type']>(
  text: string,
  type: Type,
  keys: PublicKeys,
): Extract<Document, { type: Type }> | null {
  const document = parse(text);
  if (document?.type !== type) return null;
  const { signature, ...content } = document;
  const key = keys.get(content.key);
  if (key === undefined || typeof signature !== 'string') return null;
  const bytes = bytesOf(content);
  const isValid = bytes !== null && verify(null, bytes, key, Buffer.from(signature, 'base64url'));
  return isValid ? (document as unknown as Extract<Document, { type: Type }>) : null;
}

/** Null for what has no canonical form, such as a lone surrogate: nobody signed that. */
function bytesOf(content: object): Buffer | null {
  try {
    return Buffer.from(canonicalJson(content));
  } catch {
    return null;
  }
}

/** The keys of a JWK set (RFC 7517). @throws Error where it is none. */
export function readKeySet(text: string): PublicKeys {
  const { keys } = JSON.parse(text) as { keys: JsonWebKey[] };
  const parsed = keys.map((key) => createPublicKey({ key, format: 'jwk' }));
  return new Map(parsed.map((key) => [thumbprintOf(key), key]));
}

function parse(text: string): (Document & Signature) | null {
  try {
    return JSON.parse(text) as (Document & Signature) | null;
  } catch {
    return null;
  }
}
