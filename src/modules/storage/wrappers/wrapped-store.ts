import type { Readable } from 'node:stream';
import type { Body } from '../body.js';
import {
  ObjectStore,
  type GetOptions,
  type ObjectStat,
  type SetOptions,
  type SignedRequest,
  type SignedVerb,
  type SignOptions,
} from '../object-store.port.js';

/** A store that does what another does, but for what a wrapper changes. */
export abstract class WrappedStore extends ObjectStore {
  constructor(protected readonly inner: ObjectStore) {
    super();
  }

  get backend(): string {
    return this.inner.backend;
  }

  get(key: string, options?: GetOptions): Promise<Readable> {
    return this.inner.get(key, options);
  }

  set(key: string, body: Body, options?: SetOptions): Promise<void> {
    return this.inner.set(key, body, options);
  }

  setMultipart(key: string, body: Readable, options?: SetOptions): Promise<void> {
    return this.inner.setMultipart(key, body, options);
  }

  has(key: string): Promise<boolean> {
    return this.inner.has(key);
  }

  delete(key: string): Promise<void> {
    return this.inner.delete(key);
  }

  keys(prefix?: string): AsyncIterable<string> {
    return this.inner.keys(prefix);
  }

  stat(key: string): Promise<ObjectStat | null> {
    return this.inner.stat(key);
  }

  copy(from: string, to: string): Promise<void> {
    return this.inner.copy(from, to);
  }

  signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest | null> {
    return this.inner.signUrl(key, verb, options);
  }

  check(): Promise<void> {
    return this.inner.check();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
