import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { isProblem } from '../../../common/errors/app-error.js';
import type { Body } from '../body.js';
import { assertObjectKey, canBeginKey, isObjectKey } from '../object-key.js';
import {
  ObjectStore,
  type ByteRange,
  type GetOptions,
  type ObjectStat,
  type SetOptions,
} from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';
import { isEmptyRange } from './http-range.js';
import { receiveBody } from './incoming.js';
import { chained, partsOf, sendBody, SMALL_BYTES, type Parcel, type Part } from './outgoing.js';
import { checking, persist, type Limits, type Patience } from './patience.js';

/** What a cloud takes. */
export interface CloudSizes {
  /** In one request. */
  readonly mostAtOnce: number;
  /** Of each part of a body, unless it would then have more than `mostParts`. */
  readonly partBytes: number;
  readonly mostParts: number;
}

/** A body on its way down, and how many bytes are due. */
export interface Download {
  readonly source: Readable;
  readonly bytes: number;
}

export interface Page {
  /** Some may be no keys: others may write there, too. */
  readonly names: readonly string[];
  /** What asks for the next one; undefined after the last. */
  readonly next: string | undefined;
}

/** `parts` are those of `stream`. */
export interface PartedBody {
  readonly parts: AsyncIterable<Part>;
  readonly stream: Readable;
}

/**
 * What the clouds have in common: they are far away, slow at times, and fail in words
 * of their own. A driver says how each thing is asked of its cloud, once, of keys that
 * were looked at here.
 */
export abstract class CloudStore extends ObjectStore {
  /** What people call it. */
  protected abstract readonly title: string;

  constructor(
    protected readonly patience: Patience,
    private readonly limits: CloudSizes,
  ) {
    super();
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<Readable> {
    assertObjectKey(key);
    if (isEmptyRange(range)) return this.refuseRange(key);
    const { source, bytes } = await this.ask(key, (live) => this.download(key, range, live), {
      signal,
    }).catch((error: unknown) => {
      if (isProblem(error, 'range_not_satisfiable')) return this.refuseRange(key);
      throw error;
    });
    const { title: store, patience } = this;
    const errorOf = this.errorsAt(key);
    const body = receiveBody(source, { store, bytes, idleMs: patience.idleMs, signal, errorOf });
    // Azure's client says nothing of a range from the first byte on: of an empty object it gets all.
    if (range === undefined || bytes > 0) return body;
    body.destroy();
    return this.refuseRange(key);
  }

  async set(key: string, body: Body, options: SetOptions = {}): Promise<void> {
    assertObjectKey(key);
    const { size, signal } = options;
    if (!(body instanceof Readable)) {
      if (size !== undefined && size !== body.length) throw StorageErrors.sizeMismatch(size, body.length);
      await this.put(key, body, options, signal);
    } else if (size === undefined || size > this.limits.mostAtOnce) {
      await this.setMultipart(key, body, options);
    } else {
      await this.sendBody(body, options, async ({ stream, signal: stop, watch }) => {
        if (size <= SMALL_BYTES) return this.put(key, await buffer(stream), options, stop);
        await this.authorize(key, stop);
        watch();
        await this.upload(key, stream, { ...options, size }, stop).catch((error: unknown) => {
          throw this.errorOf(error, key);
        });
      });
    }
  }

  async setMultipart(key: string, body: Readable, options: SetOptions = {}): Promise<void> {
    assertObjectKey(key);
    const { partBytes, mostParts } = this.limits;
    const each = Math.max(partBytes, Math.ceil((options.size ?? 0) / mostParts));
    await this.sendBody(body, options, async ({ stream, signal }) => {
      const parts = partsOf(stream, each);
      const { value: first } = await parts.next();
      if (first === undefined || first.isLast) {
        return this.put(key, first?.bytes ?? Buffer.alloc(0), options, signal);
      }
      await this.uploadParts(key, { parts: chained(first, parts), stream }, options, signal);
    });
  }

  async has(key: string): Promise<boolean> {
    return (await this.stat(key)) !== null;
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    await this.ask(key, (signal) => this.remove(key, signal)).catch((error: unknown) => {
      // Google refuses to delete nothing, as some servers do that speak Amazon's protocol.
      if (!isProblem(error, 'object_not_found')) throw error;
    });
  }

  async *keys(prefix = ''): AsyncIterable<string> {
    if (!canBeginKey(prefix)) return;
    let token: string | undefined;
    do {
      const page = await this.ask('', (signal) => this.list(prefix, token, signal));
      yield* page.names.filter(isObjectKey);
      token = page.next;
    } while (token !== undefined);
  }

  async stat(key: string): Promise<ObjectStat | null> {
    assertObjectKey(key);
    try {
      return { key, ...(await this.ask(key, (signal) => this.head(key, signal))) };
    } catch (error) {
      if (isProblem(error, 'object_not_found')) return null;
      throw error;
    }
  }

  /** An error met on the way to the object of `key`, in our words. */
  protected abstract errorOf(error: unknown, key: string): unknown;

  /** Answers when the head of the answer is there. */
  protected abstract download(
    key: string,
    range: ByteRange | undefined,
    signal: AbortSignal,
  ): Promise<Download>;

  /** In one request. */
  protected abstract upload(
    key: string,
    body: Body,
    options: SetOptions & { readonly size: number },
    signal: AbortSignal,
  ): Promise<void>;

  /** Of two parts at least. Nothing can be seen of it before all are there. */
  protected abstract uploadParts(
    key: string,
    body: PartedBody,
    options: SetOptions,
    signal: AbortSignal,
  ): Promise<void>;

  protected abstract remove(key: string, signal: AbortSignal): Promise<unknown>;

  protected abstract list(prefix: string, token: string | undefined, signal: AbortSignal): Promise<Page>;

  protected abstract head(key: string, signal: AbortSignal): Promise<Omit<ObjectStat, 'key'>>;

  /** Gets what it takes to ask, before a body is handed on: that can be done only once. */
  protected authorize(_key: string, _signal: AbortSignal): Promise<unknown> {
    return Promise.resolve();
  }

  /** Asks what may be asked twice, for as long as patience lasts. */
  protected ask<T>(key: string, work: (signal: AbortSignal) => Promise<T>, limits: Limits = {}): Promise<T> {
    return persist({ ...limits, patience: this.patience, errorOf: this.errorsAt(key) }, work);
  }

  /** Asks once and briefly: somebody waits for the answer. */
  protected async askOnce(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    await persist({ patience: checking(this.patience), errorOf: this.errorsAt('') }, work);
  }

  private errorsAt(key: string): (error: unknown) => unknown {
    return (error) => this.errorOf(error, key);
  }

  private put(
    key: string,
    bytes: Uint8Array,
    options: SetOptions,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const size = bytes.length;
    return this.ask(key, (live) => this.upload(key, bytes, { ...options, size }, live), {
      signal,
      bytes: size,
    });
  }

  private sendBody(
    body: Readable,
    options: SetOptions,
    send: (parcel: Parcel) => Promise<void>,
  ): Promise<void> {
    return sendBody(body, { ...options, store: this.title, idleMs: this.patience.idleMs }, send);
  }

  private async refuseRange(key: string): Promise<never> {
    const found = await this.stat(key);
    throw found === null ? StorageErrors.objectNotFound(key) : StorageErrors.rangeNotSatisfiable(found.size);
  }
}
