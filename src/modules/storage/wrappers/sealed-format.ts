import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { KEY_ID_BYTES, type KeyRing } from '../../../common/crypto/key-ring.js';

/*
 * A sealed object: header, then chunks.
 *
 *   header   "CKS" 0x01 | key id (4) | salt (24)
 *   chunk    at most 64 KiB, AES-256-GCM | tag (16)
 *
 * Each object has a key of its own, derived from the listed key, the salt and the
 * object's name in the store: bytes moved to another name do not open. The nonce of
 * a chunk is its number and whether it is the last (the STREAM construction of Hoang,
 * Reyhanitabar, Rogaway and Vizár, CRYPTO 2015): chunks cut off, added, moved or
 * taken from another object do not open. An empty object is one empty chunk.
 */
const MAGIC = Buffer.from('CKS\u0001');
const SALT_BYTES = 24;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const PURPOSE = 'cloudkeep object';

export const CHUNK_BYTES = 65_536;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
export const HEADER_BYTES = MAGIC.length + KEY_ID_BYTES + SALT_BYTES;

/** Where a chunk stands in its object. */
export interface ChunkPlace {
  /** From 0. */
  readonly number: number;
  readonly isLast: boolean;
}

/** The key of one object: seals and opens its chunks. */
export class ObjectCipher {
  private constructor(
    readonly header: Buffer,
    private readonly key: Buffer,
  ) {}

  /** For an object to be written. */
  static fresh(keys: KeyRing, objectKey: string): ObjectCipher {
    const { id, bytes } = keys.sealing;
    const salt = randomBytes(SALT_BYTES);
    return new ObjectCipher(Buffer.concat([MAGIC, id, salt]), derive(bytes, salt, objectKey));
  }

  /** For an object that begins with `header`. @throws Error when it was not sealed, or by a key that is not listed. */
  static of(header: Buffer, keys: KeyRing, objectKey: string): ObjectCipher {
    if (header.length !== HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) {
      throw new Error('It does not begin as a sealed object does');
    }
    const salt = header.subarray(MAGIC.length + KEY_ID_BYTES);
    const { bytes } = keys.find(header.subarray(MAGIC.length, MAGIC.length + KEY_ID_BYTES));
    return new ObjectCipher(header, derive(bytes, salt, objectKey));
  }

  seal(chunk: Buffer, place: ChunkPlace): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.key, nonceOf(place));
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws Error when it is not the chunk that was sealed for this place. */
  open(sealed: Buffer, place: ChunkPlace): Buffer {
    if (sealed.length < TAG_BYTES) throw new Error('It ends within a chunk');
    // Stryker disable next-line ObjectLiteral: no other length is cut off below; said nevertheless, as it is advised
    const decipher = createDecipheriv('aes-256-gcm', this.key, nonceOf(place), { authTagLength: TAG_BYTES });
    const opened = decipher
      .setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
      .update(sealed.subarray(0, sealed.length - TAG_BYTES));
    // Throws unless the tag fits: nothing of a chunk is shown before.
    decipher.final();
    return opened;
  }
}

/** Of an object of `size` bytes, how many it has once sealed. */
export function sealedSizeOf(size: number): number {
  return HEADER_BYTES + size + Math.max(1, Math.ceil(size / CHUNK_BYTES)) * TAG_BYTES;
}

/** Of a sealed object, how many bytes were sealed. @throws Error when no object has that size once sealed. */
export function openedSizeOf(sealedSize: number): number {
  const chunks = Math.ceil((sealedSize - HEADER_BYTES) / SEALED_CHUNK_BYTES);
  const size = sealedSize - HEADER_BYTES - chunks * TAG_BYTES;
  if (size < 0 || sealedSizeOf(size) !== sealedSize) throw new Error('It ends within a chunk');
  return size;
}

/** A chunk never has a nonce of another: an object's key is used for that object alone. */
function nonceOf({ number, isLast }: ChunkPlace): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(number, NONCE_BYTES - 7, 6);
  nonce.writeUInt8(isLast ? 1 : 0, NONCE_BYTES - 1);
  return nonce;
}

function derive(secret: Buffer, salt: Buffer, objectKey: string): Buffer {
  // Its digest, because HKDF takes no more than 1,024 bytes here.
  const name = Buffer.concat([Buffer.from(PURPOSE), createHash('sha256').update(objectKey).digest()]);
  return Buffer.from(hkdfSync('sha256', secret, salt, name, 32));
}
