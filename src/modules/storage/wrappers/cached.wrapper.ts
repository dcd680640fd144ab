import { Transform, type Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import type { Body } from '../body.js';
import { resolveRange } from '../byte-range.js';
import { streamOf, through } from '../bytes-stream.js';
import type { GetOptions, ObjectStore, SetOptions } from '../object-store.port.js';
import { WrappedStore } from './wrapped-store.js';

export interface CacheLimits {
  /** Of all objects held. */
  readonly totalBytes: number;
  /** Of one; larger ones pass by. */
  readonly objectBytes: number;
}

/**
 * The store, with small objects that were read whole kept in memory, the least
 * recently read leaving first. What this store writes or deletes is forgotten at
 * once. What another process writes or deletes is not heard of: for objects that
 * are never overwritten, and whose right to be read is asked elsewhere, as those of files.
 */
export function cached(store: ObjectStore, limits: CacheLimits): ObjectStore {
  return new CachedStore(store, limits);
}

class CachedStore extends WrappedStore {
  private readonly held: LRUCache<string, Buffer>;
  /** Reads under way, that a write of their key takes the right to be kept from. */
  private readonly reads = new Map<string, Set<symbol>>();

  constructor(
    inner: ObjectStore,
    private readonly limits: CacheLimits,
  ) {
    super(inner);
    this.held = new LRUCache({
      maxSize: limits.totalBytes,
      maxEntrySize: limits.objectBytes,
      // An empty object takes room as well.
      sizeCalculation: (bytes) => Math.max(1, bytes.length),
    });
  }

  override async get(key: string, options: GetOptions = {}): Promise<Readable> {
    const { range, signal } = options;
    const bytes = this.held.get(key);
    if (bytes === undefined) {
      return range === undefined ? this.readAndKeep(key, options) : this.inner.get(key, options);
    }
    signal?.throwIfAborted();
    const { start, end } = range ? resolveRange(range, bytes.length) : { start: 0, end: bytes.length };
    return streamOf(bytes.subarray(start, end + 1), signal);
  }

  override set(key: string, body: Body, options?: SetOptions): Promise<void> {
    return this.changing(key, () => this.inner.set(key, body, options));
  }

  override setMultipart(key: string, body: Readable, options?: SetOptions): Promise<void> {
    return this.changing(key, () => this.inner.setMultipart(key, body, options));
  }

  override delete(key: string): Promise<void> {
    return this.changing(key, () => this.inner.delete(key));
  }

  override copy(from: string, to: string): Promise<void> {
    return this.changing(to, () => this.inner.copy(from, to));
  }

  override close(): Promise<void> {
    this.held.clear();
    return this.inner.close();
  }

  private async readAndKeep(key: string, options: GetOptions): Promise<Readable> {
    const read = this.begin(key);
    const end = () => this.end(key, read);
    try {
      const body = await this.inner.get(key, options);
      const keep = (bytes: Buffer) => {
        if (this.reads.get(key)?.has(read) === true) this.held.set(key, bytes);
      };
      return through(body, gathering(this.limits.objectBytes, keep)).once('close', end);
    } catch (error) {
      end();
      throw error;
    }
  }

  private begin(key: string): symbol {
    const read = Symbol(key);
    this.reads.set(key, (this.reads.get(key) ?? new Set()).add(read));
    return read;
  }

  private end(key: string, read: symbol): void {
    const reads = this.reads.get(key);
    if (reads?.delete(read) === true && reads.size === 0) this.reads.delete(key);
  }

  /** Forgets before, for who reads meanwhile, and after, for what was read meanwhile. */
  private async changing(key: string, change: () => Promise<void>): Promise<void> {
    this.forget(key);
    try {
      await change();
    } finally {
      this.forget(key);
    }
  }

  private forget(key: string): void {
    this.held.delete(key);
    this.reads.delete(key);
  }
}

/** Lets everything pass, and hands it over at the end where it was small. */
function gathering(mostBytes: number, keep: (bytes: Buffer) => void): Transform {
  let pieces: Buffer[] | null = [];
  let gathered = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      gathered += piece.length;
      if (gathered > mostBytes) pieces = null;
      pieces?.push(piece);
      done(null, piece);
    },
    flush(done) {
      if (pieces !== null) keep(Buffer.concat(pieces));
      done();
    },
  });
}
