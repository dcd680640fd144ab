import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SetOptions } from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';
import { unavailable } from './cloud-fault.js';

/** Read into memory before they are sent, so that they can be sent again. */
export const SMALL_BYTES = 1_048_576;
/** Held in memory, each; S3 takes no smaller ones than 5 MiB, and 10,000 of them. */
export const PART_BYTES = 8 * 1_048_576;
/** On their way at once: with the one being filled, 32 MiB a writer at most. */
const PARTS_AT_ONCE = 3;

export interface Parcel {
  readonly stream: Readable;
  /** Aborted when the body fails, is given up, or the store stops taking it. */
  readonly signal: AbortSignal;
}

interface Sending extends Pick<SetOptions, 'size' | 'signal'> {
  /** Who is sent to, for the fault. */
  readonly store: string;
  readonly idleMs: number;
}

/**
 * Sends a body: exactly as long as announced, or not at all. Whatever went wrong
 * first is thrown: the giver's own error, the reason it was given up for, or the store's.
 */
export async function sendBody(
  body: Readable,
  { size, signal, store, idleMs }: Sending,
  send: (parcel: Parcel) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const measured = new Measured(size);
  const watch = setInterval(() => {
    if (measured.isStuckFor(idleMs)) stop.abort(unavailable('timeout', `${store} stopped taking the body`));
  }, idleMs / 4);
  const feeding = pipeline(body, measured, { signal: either(stop.signal, signal) }).catch(
    (error: unknown) => {
      stop.abort(signal?.aborted === true ? signal.reason : error);
    },
  );
  try {
    await send({ stream: measured, signal: stop.signal });
    if (!measured.readableEnded) throw unavailable('truncated', `${store} answered before it had the body`);
  } catch (error) {
    signal?.throwIfAborted();
    if (stop.signal.aborted) throw stop.signal.reason;
    throw measured.errored ?? error;
  } finally {
    clearInterval(watch);
    measured.destroy();
    await feeding;
  }
}

function either(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other]);
}

/**
 * Counts, and holds the last piece back until the body has ended: a body that is too
 * long would else be complete for the store before anybody noticed.
 */
class Measured extends Transform {
  private held: Buffer | undefined;
  private bytes = 0;
  private movedAt = performance.now();

  constructor(private readonly size: number | undefined) {
    super();
  }

  /** Whether there is something to take, or to answer, that nobody took or answered. */
  isStuckFor(ms: number): boolean {
    const isStoresTurn = this.readableEnded || this.readableLength > 0;
    if (!isStoresTurn) this.movedAt = performance.now();
    return performance.now() - this.movedAt > ms;
  }

  override _read(bytes: number): void {
    this.movedAt = performance.now();
    super._read(bytes);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.movedAt = performance.now();
    if (this.size !== undefined && this.bytes > this.size) {
      done(StorageErrors.sizeMismatch(this.size, this.bytes));
      return;
    }
    const { held } = this;
    this.held = chunk;
    done(null, held);
  }

  override _flush(done: TransformCallback): void {
    if (this.size !== undefined && this.bytes !== this.size) {
      done(StorageErrors.sizeMismatch(this.size, this.bytes));
    } else done(null, this.held);
  }
}

/** A piece of a body, held in memory. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** Cuts a body into parts of equal size; the last one may be shorter, and is empty where the body is. */
export async function* partsOf(stream: Readable, partBytes: number): AsyncGenerator<Part, void> {
  let number = 1;
  let pieces: Buffer[] = [];
  let held = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece);
    held += piece.length;
    while (held > partBytes) {
      const all = Buffer.concat(pieces, held);
      yield { number: number++, bytes: all.subarray(0, partBytes), isLast: false };
      pieces = [all.subarray(partBytes)];
      held -= partBytes;
    }
  }
  yield { number, bytes: Buffer.concat(pieces, held), isLast: true };
}

/** The parts again, of which the first was taken to look at. */
export async function* chained(first: Part, rest: AsyncIterable<Part>): AsyncGenerator<Part, void> {
  yield first;
  yield* rest;
}

/** Hands parts on, a few at once. When it returns or throws, none is on its way any more. */
export async function handOn(
  parts: AsyncIterable<Part>,
  stream: Readable,
  put: (part: Part) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const start = (part: Part): void => {
    const task: Promise<void> = put(part)
      .catch((error: unknown) => {
        failures.push(error);
        // Else the next part of a slow body would be waited for.
        stream.destroy(error as Error);
      })
      .finally(() => running.delete(task));
    running.add(task);
  };
  try {
    for await (const part of parts) {
      start(part);
      if (running.size >= PARTS_AT_ONCE) await Promise.race(running);
    }
  } catch (error) {
    failures.push(error);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
