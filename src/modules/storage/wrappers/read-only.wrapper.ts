import type { Readable } from 'node:stream';
import { withBody, type Body } from '../body.js';
import { assertObjectKey } from '../object-key.js';
import type {
  ObjectStore,
  SetOptions,
  SignedRequest,
  SignedVerb,
  SignOptions,
} from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';
import { WrappedStore } from './wrapped-store.js';

/** The store, where nothing can be written or deleted, also by a signed request. */
export function readOnly(store: ObjectStore): ObjectStore {
  return new ReadOnlyStore(store);
}

/** Every write throws AppError `storage_read_only`. */
class ReadOnlyStore extends WrappedStore {
  override set(_key: string, body: Body, options?: SetOptions): Promise<void> {
    return withBody(body, options?.signal, () => this.refuse());
  }

  override setMultipart(key: string, body: Readable, options?: SetOptions): Promise<void> {
    return this.set(key, body, options);
  }

  override delete(): Promise<void> {
    return this.refuse();
  }

  override copy(): Promise<void> {
    return this.refuse();
  }

  override async signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest | null> {
    assertObjectKey(key);
    return verb === 'GET' ? this.inner.signUrl(key, verb, options) : null;
  }

  private refuse(): Promise<never> {
    return Promise.reject(StorageErrors.readOnly());
  }
}
