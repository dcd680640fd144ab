/** What a piece brought of the content before a delimiter. */
export interface Found {
  /** Content, in order; the last may be a part of the piece itself, all others are copies. */
  readonly content: readonly Buffer[];
  /** What follows the delimiter in the piece; null while that has not come. */
  readonly rest: Buffer | null;
}

/** Looks for one delimiter in bytes that come in pieces, natively. Holds back only what may be its beginning. */
export class Delimiter {
  private kept = Buffer.alloc(0);

  constructor(private readonly bytes: Buffer) {}

  find(piece: Buffer): Found {
    const content: Buffer[] = [];
    if (this.kept.length > 0) {
      const joint = Buffer.concat([this.kept, piece.subarray(0, this.bytes.length - 1)]);
      const at = joint.indexOf(this.bytes);
      if (at >= 0) {
        const rest = piece.subarray(at + this.bytes.length - this.kept.length);
        this.kept = Buffer.alloc(0);
        return { content: [joint.subarray(0, at)], rest };
      }
      if (piece.length < this.bytes.length) return { content: [this.holdBack(joint)], rest: null };
      content.push(this.kept);
    }
    const at = piece.indexOf(this.bytes);
    if (at < 0) return { content: [...content, this.holdBack(piece)], rest: null };
    this.kept = Buffer.alloc(0);
    const rest = piece.subarray(at + this.bytes.length);
    return { content: [...content, piece.subarray(0, at)], rest };
  }

  /** @returns what of the piece can not begin a delimiter. */
  private holdBack(piece: Buffer): Buffer {
    let length = Math.min(piece.length, this.bytes.length - 1);
    while (length > 0 && !this.bytes.subarray(0, length).equals(piece.subarray(piece.length - length)))
      length -= 1;
    this.kept = Buffer.from(piece.subarray(piece.length - length));
    return piece.subarray(0, piece.length - length);
  }
}
