/** Memory for pieces of one size. */
export class PiecePool {
  private readonly free: ArrayBuffer[] = [];

  constructor(
    readonly bytes: number,
    /** How many are kept while nobody needs them. */
    private readonly most: number,
  ) {}

  take(): Buffer {
    const memory = this.free.pop();
    return memory === undefined ? Buffer.allocUnsafeSlow(this.bytes) : Buffer.from(memory);
  }

  /** Of a piece that was taken from here, or of a part of it. */
  putBack({ buffer }: Uint8Array): void {
    if (this.free.length < this.most) this.free.push(buffer as ArrayBuffer);
  }
}
