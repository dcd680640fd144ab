import { CommonErrors } from '../errors/common.errors.js';

/** A line of a stream, or what keeps it from being read. */
export type NdjsonLine = { readonly line: number } & (
  { readonly value: unknown; readonly fault?: never } | { readonly fault: string }
);

export interface NdjsonLimits {
  readonly mostBytes: number;
  readonly longestLineBytes: number;
}

const LINE_FEED = 10;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Newline-delimited JSON, line by line as it arrives: never more than a line is
 * held, and the sender waits for whoever reads. Lines count from 1; empty ones are
 * counted and left out.
 *
 * @throws AppError 413 past `mostBytes`.
 */
export async function* ndjson(
  chunks: AsyncIterable<Buffer>,
  { mostBytes, longestLineBytes }: NdjsonLimits,
): AsyncGenerator<NdjsonLine> {
  const line = new Line(longestLineBytes);
  let number = 1;
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw CommonErrors.bodyTooLarge(mostBytes);
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      line.add(chunk.subarray(from, end));
      from = end + 1;
      yield* line.end(number++);
    }
    line.add(chunk.subarray(from));
  }
  yield* line.end(number);
}

/** The line being read; of one that is too long nothing is kept. */
class Line {
  private parts: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly longest: number) {}

  add(part: Buffer): void {
    this.bytes += part.length;
    if (this.bytes > this.longest) this.parts = [];
    else this.parts.push(part);
  }

  /** Nothing for an empty line. */
  end(line: number): NdjsonLine[] {
    const { bytes } = this;
    const content = Buffer.concat(this.parts);
    [this.parts, this.bytes] = [[], 0];
    if (bytes > this.longest) return [{ line, fault: `is longer than ${this.longest} bytes` }];
    try {
      const text = utf8.decode(content).trim();
      return text === '' ? [] : [{ line, value: JSON.parse(text) as unknown }];
    } catch (error) {
      return [{ line, fault: error instanceof SyntaxError ? 'is not valid JSON' : 'is not UTF-8' }];
    }
  }
}
