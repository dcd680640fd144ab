import type { Readable } from 'node:stream';
import type { StoreLocation } from '../../../config/storage.js';
import { inSpan } from '../../../telemetry/span.js';
import type { Body } from '../body.js';
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

/** The store, each of whose operations is a span: of which bucket, not of which key. */
export function traced(store: ObjectStore, location: StoreLocation): ObjectStore {
  return new TracedStore(store, bucketOf(location));
}

class TracedStore extends WrappedStore {
  constructor(
    inner: ObjectStore,
    private readonly bucket: string | null,
  ) {
    super(inner);
  }

  /** Until the first bytes are there; the rest is read at the pace of whoever wants them. */
  override get(key: string, options?: GetOptions): Promise<Readable> {
    return this.asked('get', () => super.get(key, options));
  }

  override set(key: string, body: Body, options?: SetOptions): Promise<void> {
    return this.asked('set', () => super.set(key, body, options));
  }

  override setMultipart(key: string, body: Readable, options?: SetOptions): Promise<void> {
    return this.asked('setMultipart', () => super.setMultipart(key, body, options));
  }

  override has(key: string): Promise<boolean> {
    return this.asked('has', () => super.has(key));
  }

  override delete(key: string): Promise<void> {
    return this.asked('delete', () => super.delete(key));
  }

  override stat(key: string): Promise<ObjectStat | null> {
    return this.asked('stat', () => super.stat(key));
  }

  override copy(from: string, to: string): Promise<void> {
    return this.asked('copy', () => super.copy(from, to));
  }

  override signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest | null> {
    return this.asked('signUrl', () => super.signUrl(key, verb, options));
  }

  private asked<T>(operation: string, ask: () => Promise<T>): Promise<T> {
    const attributes = {
      'cloudkeep.store.driver': this.backend,
      'cloudkeep.store.operation': operation,
      ...(this.bucket === null ? {} : { 'cloudkeep.store.bucket': this.bucket }),
    };
    return inSpan({ name: `store ${operation}`, kind: 'client', attributes }, ask);
  }
}

function bucketOf(location: StoreLocation): string | null {
  if ('bucket' in location) return location.bucket;
  return 'container' in location ? location.container : null;
}
