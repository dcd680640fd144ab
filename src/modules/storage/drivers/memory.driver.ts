import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { resolveRange } from '../byte-range.js';
import { assertObjectKey } from '../object-key.js';
import { ObjectStore, type GetOptions, type ObjectStat, type SetOptions } from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';

interface Held {
  readonly bytes: Buffer;
  readonly stat: ObjectStat;
}

/** Objects in this process's memory, gone with it: for trials and tests. */
export class MemoryStore extends ObjectStore {
  readonly backend = 'memory';
  private readonly objects = new Map<string, Held>();

  get(key: string, { range, signal }: GetOptions = {}): Promise<Readable> {
    return this.attempt(() => {
      const { bytes } = this.mustFind(key);
      const { start, end } = range ? resolveRange(range, bytes.length) : { start: 0, end: bytes.length - 1 };
      const body = Readable.from(slices(bytes.subarray(start, end + 1)), { objectMode: false });
      return signal === undefined ? body : destroyOn(signal, body);
    });
  }

  async set(key: string, body: Readable | Uint8Array, options: SetOptions = {}): Promise<void> {
    assertObjectKey(key);
    const { size, contentType = null, signal } = options;
    if (!(body instanceof Readable)) signal?.throwIfAborted();
    if (body instanceof Readable && signal !== undefined) destroyOn(signal, body);
    const bytes = body instanceof Readable ? await buffer(body) : Buffer.from(body);
    if (size !== undefined && size !== bytes.length) throw StorageErrors.sizeMismatch(size, bytes.length);
    const stat = { key, size: bytes.length, contentType, modifiedAt: new Date() };
    this.objects.set(key, { bytes, stat });
  }

  setMultipart(key: string, body: Readable, options?: SetOptions): Promise<void> {
    return this.set(key, body, options);
  }

  async has(key: string): Promise<boolean> {
    return (await this.stat(key)) !== null;
  }

  delete(key: string): Promise<void> {
    return this.attempt(() => {
      assertObjectKey(key);
      this.objects.delete(key);
    });
  }

  async *keys(prefix = ''): AsyncIterable<string> {
    for (const key of [...this.objects.keys()]) if (key.startsWith(prefix)) yield await Promise.resolve(key);
  }

  stat(key: string): Promise<ObjectStat | null> {
    return this.attempt(() => {
      assertObjectKey(key);
      return this.objects.get(key)?.stat ?? null;
    });
  }

  copy(from: string, to: string): Promise<void> {
    return this.attempt(() => {
      const { bytes, stat } = this.mustFind(from);
      assertObjectKey(to);
      this.objects.set(to, { bytes, stat: { ...stat, key: to, modifiedAt: new Date() } });
    });
  }

  signUrl(key: string): Promise<null> {
    return this.attempt(() => {
      assertObjectKey(key);
      return null;
    });
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.objects.clear();
    return Promise.resolve();
  }

  private mustFind(key: string): Held {
    assertObjectKey(key);
    const held = this.objects.get(key);
    if (held === undefined) throw StorageErrors.objectNotFound(key);
    return held;
  }

  /** What it throws rejects, as it does on every other medium. */
  private attempt<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => resolve(work()));
  }
}

const SLICE_BYTES = 65_536;

/** In pieces, so that a slow reader holds the writer up as everywhere else. */
function* slices(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES);
}

function destroyOn(signal: AbortSignal, body: Readable): Readable {
  const giveUp = () => body.destroy(signal.reason as Error);
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  return body.once('close', () => signal.removeEventListener('abort', giveUp));
}
