import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { TAKE_BACK, type Lending } from '../../../common/streams/lending.js';
import { onDisk } from './local-disk.js';
import type { PiecePool } from './piece-pool.js';

/** Bytes of an open file, both ends inclusive; closes it however that ends. */
export class LocalBody extends Readable implements Lending {
  constructor(
    private readonly file: FileHandle,
    private position: number,
    private readonly end: number,
    private readonly pool: PiecePool,
  ) {
    super({ highWaterMark: pool.bytes });
  }

  override _read(): void {
    this.readPiece().then(
      (piece) => void this.push(piece),
      (error: unknown) => void this.destroy(error as Error),
    );
  }

  /** The handle waits for a read that is under way. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.file.close().then(
      () => done(error),
      (closing: unknown) => done(error ?? (closing as Error)),
    );
  }

  [TAKE_BACK](piece: Uint8Array): void {
    if (piece.buffer.byteLength === this.pool.bytes) this.pool.putBack(piece);
  }

  /** Null at the end. */
  private async readPiece(): Promise<Buffer | null> {
    const left = this.end - this.position + 1;
    if (left <= 0) return null;
    const isSmall = left < this.pool.bytes;
    const piece = isSmall ? Buffer.allocUnsafeSlow(left) : this.pool.take();
    const { bytesRead } = await onDisk(this.file.read(piece, 0, piece.length, this.position));
    this.position += bytesRead;
    return bytesRead === 0 ? null : piece.subarray(0, bytesRead);
  }
}
