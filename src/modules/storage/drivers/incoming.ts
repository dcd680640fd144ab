import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { unavailable } from './cloud-fault.js';

interface Receiving {
  /** Who sends, for the fault. */
  readonly store: string;
  /** How many bytes are due. */
  readonly bytes: number;
  readonly idleMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Puts an error of the cloud's library into our words. */
  readonly errorOf: (error: unknown) => unknown;
}

/**
 * A body from a store: exactly as many bytes as are due, or an error; never a short
 * success, never a wait without end. Destroying it lets go of the connection.
 */
export function receiveBody(source: Readable, receiving: Receiving): Readable {
  const { store, idleMs, signal, errorOf } = receiving;
  const body = new Expected(receiving);
  const fail = (error: unknown) => body.destroy(errorOf(error) as Error);
  const giveUp = () => body.destroy(signal?.reason as Error);
  const watch = setInterval(() => {
    if (body.isStarvedFor(idleMs)) fail(unavailable('timeout', `${store} stopped sending the object`));
  }, idleMs / 4);
  source.on('error', fail).once('close', () => {
    if (!source.readableEnded)
      fail(unavailable('truncated', `${store} broke off in the middle of the object`));
  });
  body.once('close', () => {
    clearInterval(watch);
    signal?.removeEventListener('abort', giveUp);
    source.destroy();
  });
  if (signal?.aborted === true) giveUp();
  else signal?.addEventListener('abort', giveUp, { once: true });
  return source.pipe(body);
}

class Expected extends Transform {
  private left: number;
  private movedAt = performance.now();

  constructor(private readonly receiving: Receiving) {
    super();
    this.left = receiving.bytes;
  }

  /** Whether nothing came although somebody waits for it. */
  isStarvedFor(ms: number): boolean {
    if (this.writableNeedDrain || this.readableLength > 0) this.movedAt = performance.now();
    return performance.now() - this.movedAt > ms;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.left -= chunk.length;
    this.movedAt = performance.now();
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    const { store, bytes } = this.receiving;
    if (this.left === 0) done();
    else done(unavailable('truncated', `${store} sent ${bytes - this.left} of ${bytes} bytes`));
  }
}
