import { addAbortSignal, type Readable } from 'node:stream';

/**
 * Bytes of an object by position, both ends inclusive; `end` beyond the object
 * means its last byte. As an `ObjectStore` gives them.
 */
export type ReadBytes = (
  range: { readonly start: number; readonly end: number },
  signal: AbortSignal,
) => Promise<Readable>;

/** What is looked at, read piece by piece as it is needed. */
export class StoredBytes {
  constructor(
    private readonly read: ReadBytes,
    /** Of all of it, in bytes. */
    readonly size: number,
    /** Ends all reading. */
    readonly signal: AbortSignal,
  ) {}

  /** At most `most` bytes from `start`, fewer where the object ends before; in a buffer of their own. */
  async take(start: number, most: number): Promise<Uint8Array> {
    if (start >= this.size) return new Uint8Array();
    const taken = new Uint8Array(Math.min(most, this.size - start));
    let length = 0;
    for await (const chunk of await this.stream(start, taken.length)) {
      const piece = (chunk as Uint8Array).subarray(0, taken.length - length);
      taken.set(piece, length);
      length += piece.length;
      if (length === taken.length) break;
    }
    return length === taken.length ? taken : taken.slice(0, length);
  }

  async stream(start: number, length: number): Promise<Readable> {
    const stream = await this.read({ start, end: start + length - 1 }, this.signal);
    if (this.signal.aborted) {
      stream.destroy();
      this.signal.throwIfAborted();
    }
    return addAbortSignal(this.signal, stream);
  }
}
