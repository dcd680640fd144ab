import { Transform, type TransformCallback } from 'node:stream';
import type { KeyRing } from '../../../common/crypto/key-ring.js';
import { StorageErrors } from '../storage.errors.js';
import { CHUNK_BYTES, HEADER_BYTES, ObjectCipher, SEALED_CHUNK_BYTES } from './sealed-format.js';

/** Gathers pieces of any size, to be taken in pieces of one's own. */
class Gathered {
  private pieces: Buffer[] = [];
  length = 0;

  add(piece: Buffer): void {
    this.pieces.push(piece);
    this.length += piece.length;
  }

  take(length: number): Buffer {
    const all = this.pieces.length === 1 ? (this.pieces[0] ?? Buffer.of()) : Buffer.concat(this.pieces);
    this.pieces = length < all.length ? [all.subarray(length)] : [];
    this.length -= length;
    return all.subarray(0, length);
  }
}

/** Seals what passes. @throws AppError `size_mismatch` in the stream, where `size` was announced. */
export function sealing(cipher: ObjectCipher, size: number | undefined): Transform {
  const gathered = new Gathered();
  let received = 0;
  let number = 0;
  const mismatch = () => StorageErrors.sizeMismatch(size ?? received, received);
  return new Transform({
    construct(done) {
      this.push(cipher.header);
      done();
    },
    transform(piece: Buffer, _encoding, done) {
      received += piece.length;
      if (size !== undefined && received > size) {
        done(mismatch());
        return;
      }
      gathered.add(piece);
      // One chunk is held back: it may be the last.
      while (gathered.length > CHUNK_BYTES) {
        this.push(cipher.seal(gathered.take(CHUNK_BYTES), { number, isLast: false }));
        number += 1;
      }
      done();
    },
    flush(done) {
      if (size !== undefined && received < size) done(mismatch());
      else done(null, cipher.seal(gathered.take(gathered.length), { number, isLast: true }));
    },
  });
}

/** Opens a whole sealed object. Damage is AppError `object_corrupt` in the stream, with nothing shown of it. */
export function opening(keys: KeyRing, objectKey: string): Transform {
  let cipher: ObjectCipher | null = null;
  const chunks = new Gathered();
  let number = 0;
  const take = (length: number, isLast: boolean): Buffer | null => {
    if (cipher === null) {
      cipher = ObjectCipher.of(chunks.take(HEADER_BYTES), keys, objectKey);
      return null;
    }
    number += 1;
    return cipher.open(chunks.take(length), { number: number - 1, isLast });
  };
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      chunks.add(piece);
      guarded(objectKey, done, () => {
        while (chunks.length > (cipher === null ? HEADER_BYTES : SEALED_CHUNK_BYTES)) {
          const opened = take(SEALED_CHUNK_BYTES, false);
          if (opened !== null) this.push(opened);
        }
        return null;
      });
    },
    flush(done) {
      guarded(objectKey, done, () => {
        if (cipher === null) throw new Error('It ends within its header');
        return take(chunks.length, true);
      });
    },
  });
}

/** Of an object whose chunks from `first` on come: which bytes of it are wanted. */
export interface Window {
  readonly first: number;
  /** The number of the object's last chunk, which may lie beyond what comes. */
  readonly last: number;
  /** Positions in the object, both inclusive. */
  readonly start: number;
  readonly end: number;
}

/** Opens some chunks of a sealed object, and cuts what is wanted out of them. */
export function openingPart(cipher: ObjectCipher, objectKey: string, window: Window): Transform {
  const { first, last, start, end } = window;
  const chunks = new Gathered();
  let number = first;
  const cut = (length: number): Buffer => {
    const opened = cipher.open(chunks.take(length), { number, isLast: number === last });
    const at = number * CHUNK_BYTES;
    number += 1;
    return opened.subarray(Math.max(0, start - at), end - at + 1);
  };
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      chunks.add(piece);
      guarded(objectKey, done, () => {
        while (chunks.length >= SEALED_CHUNK_BYTES) this.push(cut(SEALED_CHUNK_BYTES));
        return null;
      });
    },
    flush(done) {
      guarded(objectKey, done, () => {
        const rest = chunks.length === 0 ? null : cut(chunks.length);
        if (number * CHUNK_BYTES <= end) throw new Error('It ends too soon');
        return rest;
      });
    },
  });
}

/** Where there is nothing to push `work` gives null. */
function guarded(objectKey: string, done: TransformCallback, work: () => Buffer | null): void {
  try {
    const rest = work();
    if (rest === null) done();
    else done(null, rest);
  } catch (error) {
    done(StorageErrors.corrupt(objectKey, error));
  }
}
