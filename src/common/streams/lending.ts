import { Readable } from 'node:stream';

/** Asks a body to take a piece back. */
export const TAKE_BACK = Symbol('take a piece back');

/** A body whose pieces its reader may give back. */
export interface Lending {
  [TAKE_BACK](piece: Uint8Array): void;
}

/**
 * Gives a piece back to the body it came from, which fills it anew or frees it at
 * once. Nobody has to: what is not given back is memory as any other. Left to the
 * garbage collector, every few dozen pieces would have it walk the whole heap.
 * Whoever still reads the piece then would read other bytes, or none.
 */
export function giveBack(body: Readable, piece: Uint8Array): void {
  (body as Readable & Partial<Lending>)[TAKE_BACK]?.(piece);
}

/** Since Node 21; an older one leaves the memory to the collector. */
type Movable = ArrayBuffer & { transfer?: (length: number) => ArrayBuffer };

/**
 * Pieces of a request, each of which Node gives as memory of its own. Freed are only
 * those that were lent here and come back.
 */
export class OwnPieces {
  private readonly lent = new WeakSet<ArrayBufferLike>();

  /** @returns the piece; a part of larger memory, which others may read, stays with the collector. */
  lend(piece: Buffer): Buffer {
    if (piece.length === piece.buffer.byteLength) this.lent.add(piece.buffer);
    return piece;
  }

  free({ buffer }: Uint8Array): void {
    if (this.lent.delete(buffer)) (buffer as Movable).transfer?.(0);
  }
}
