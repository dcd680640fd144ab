import { Readable } from 'node:stream';
import { withBody, type Body } from '../body.js';
import { resolveRange } from '../byte-range.js';
import { streamOf } from '../bytes-stream.js';
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
      return streamOf(bytes.subarray(start, end + 1), signal);
    });
  }

  async set(key: string, body: Body, options: SetOptions = {}): Promise<void> {
    const { size, contentType = null, signal } = options;
    assertObjectKey(key);
    const bytes = await withBody(body, signal, () => gather(body, size));
    this.objects.set(key, { bytes, stat: { key, size: bytes.length, contentType, modifiedAt: new Date() } });
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

/** @throws AppError `size_mismatch`. */
async function gather(body: Body, size: number | undefined): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let received = 0;
  for await (const piece of body instanceof Readable ? (body as AsyncIterable<Uint8Array>) : [body]) {
    received += piece.length;
    if (size !== undefined && received > size) break;
    pieces.push(piece);
  }
  if (size !== undefined && received !== size) throw StorageErrors.sizeMismatch(size, received);
  return Buffer.concat(pieces);
}
