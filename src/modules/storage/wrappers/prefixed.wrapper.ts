import type { Readable } from 'node:stream';
import type { Body } from '../body.js';
import { assertObjectKey } from '../object-key.js';
import type {
  GetOptions,
  ObjectStat,
  ObjectStore,
  SetOptions,
  SignedRequest,
  SignedVerb,
  SignOptions,
} from '../object-store.port.js';
import { WrappedStore } from './wrapped-store.js';

/**
 * The part of a store below `prefix`: folders such as `production/`, each ending in
 * a slash. What lies beside it can be neither seen nor reached. Keys have that much less room.
 */
export function prefixed(store: ObjectStore, prefix: string): ObjectStore {
  assertObjectKey(`${prefix}x`);
  return new PrefixedStore(store, prefix);
}

class PrefixedStore extends WrappedStore {
  constructor(
    inner: ObjectStore,
    private readonly prefix: string,
  ) {
    super(inner);
  }

  override async get(key: string, options?: GetOptions): Promise<Readable> {
    return this.inner.get(this.full(key), options);
  }

  override async set(key: string, body: Body, options?: SetOptions): Promise<void> {
    return this.inner.set(this.full(key), body, options);
  }

  override async setMultipart(key: string, body: Readable, options?: SetOptions): Promise<void> {
    return this.inner.setMultipart(this.full(key), body, options);
  }

  override async has(key: string): Promise<boolean> {
    return this.inner.has(this.full(key));
  }

  override async delete(key: string): Promise<void> {
    return this.inner.delete(this.full(key));
  }

  override async *keys(prefix = ''): AsyncIterable<string> {
    for await (const key of this.inner.keys(this.prefix + prefix)) yield key.slice(this.prefix.length);
  }

  override async stat(key: string): Promise<ObjectStat | null> {
    const stat = await this.inner.stat(this.full(key));
    return stat === null ? null : { ...stat, key };
  }

  override async copy(from: string, to: string): Promise<void> {
    return this.inner.copy(this.full(from), this.full(to));
  }

  override async signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest | null> {
    return this.inner.signUrl(this.full(key), verb, options);
  }

  /** A key that is none must not become one by what stands before it. */
  private full(key: string): string {
    assertObjectKey(key);
    return this.prefix + key;
  }
}
