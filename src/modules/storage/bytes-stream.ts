import { addAbortSignal, pipeline, Readable, type Transform } from 'node:stream';

const SLICE_BYTES = 65_536;

/** Bytes in memory as a stream, in slices, so that a slow reader holds it up as everywhere else. */
export function streamOf(bytes: Buffer, signal?: AbortSignal): Readable {
  const body = Readable.from(slices(bytes), { objectMode: false });
  return signal === undefined ? body : addAbortSignal(signal, body);
}

/** What a stream becomes on its way; either ends with the other, whoever goes away first. */
export function through(source: Readable, change: Transform): Readable {
  // Its callback is where a failure would go; it goes to the reader instead.
  return pipeline(source, change, () => undefined);
}

function* slices(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES);
}
