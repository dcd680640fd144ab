import type { FileSource, SliceResult } from 'tus-js-client';

export type UploadContent = Blob | ReadableStream<Uint8Array>;

/** The content can not be read, or not any more. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
}

/**
 * Content as tus-js-client reads it: its own readers take a Blob in browsers and a Buffer in
 * Node only. Pieces are plain bytes, which requests of both can send.
 */
export function sourceOf(content: UploadContent, size: number): FileSource {
  const source = content instanceof Blob ? new BlobSource(content) : new StreamSource(content, size);
  return {
    size,
    close: () => source.close(),
    slice: (start, end) =>
      source.slice(start, end).catch((error: unknown) => {
        if (error instanceof ContentError) throw error;
        throw new ContentError('The content can not be read.', { cause: error });
      }),
  };
}

class BlobSource implements FileSource {
  readonly size: number;

  constructor(private readonly blob: Blob) {
    this.size = blob.size;
  }

  async slice(start: number, end: number): Promise<SliceResult> {
    const bytes = new Uint8Array(await this.blob.slice(start, end).arrayBuffer());
    return { value: sized(bytes), done: end >= this.size };
  }

  close(): void {
    // A Blob holds nothing open.
  }
}

/** Keeps what was read last, so that a piece can be sent again; what was before it is gone. */
class StreamSource implements FileSource {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private kept: Uint8Array = new Uint8Array();
  private keptFrom = 0;

  constructor(
    stream: ReadableStream<Uint8Array>,
    readonly size: number,
  ) {
    this.reader = stream.getReader();
  }

  async slice(start: number, end: number): Promise<SliceResult> {
    if (start < this.keptFrom) throw new ContentError('The stream has gone past what the server asks for.');
    const hasEnded = await this.readUntil(Math.min(end, this.size), start);
    const value = this.kept.subarray(start - this.keptFrom, end - this.keptFrom);
    if (hasEnded && this.keptFrom + this.kept.length < this.size)
      throw new ContentError(
        `The stream ended after ${this.keptFrom + this.kept.length} of ${this.size} bytes.`,
      );
    return { value: sized(value), done: end >= this.size };
  }

  close(): void {
    void this.reader.cancel().catch(() => undefined);
  }

  private async readUntil(end: number, from: number): Promise<boolean> {
    const pieces = [this.kept];
    let until = this.keptFrom + this.kept.length;
    let hasEnded = false;
    while (until < end && !hasEnded) {
      const { value, done } = await this.reader.read();
      hasEnded = done;
      if (value === undefined) continue;
      pieces.push(value);
      until += value.length;
    }
    this.kept = joined(pieces).slice(Math.min(from, until) - this.keptFrom);
    this.keptFrom = Math.min(from, until);
    return hasEnded;
  }
}

/** tus-js-client asks a piece for its `size`, as a Blob has it. */
function sized(bytes: Uint8Array): Uint8Array {
  return Object.assign(bytes, { size: bytes.length });
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
