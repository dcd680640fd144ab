import { Readable } from 'node:stream';

/** Bytes as a store gives them, and what of them was asked for. */
export function stored(bytes: Buffer) {
  const asked: { start: number; end: number }[] = [];
  const opened: Readable[] = [];
  const read = (range: { start: number; end: number }) => {
    asked.push(range);
    const stream = Readable.from(slices(bytes.subarray(range.start, range.end + 1)));
    opened.push(stream);
    return Promise.resolve(stream);
  };
  return { read, asked, opened, size: bytes.length };
}

/** Bytes as they come out of a socket or a file. */
export function* slices(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
