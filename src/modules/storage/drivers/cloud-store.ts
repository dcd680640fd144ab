import type { Readable } from 'node:stream';
import { ObjectStore, type SetOptions } from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';
import { sendBody, type Parcel } from './outgoing.js';
import { checking, persist, type Limits, type Patience } from './patience.js';

/** What the clouds have in common: they are far away, slow at times, and fail in words of their own. */
export abstract class CloudStore extends ObjectStore {
  /** What people call it. */
  protected abstract readonly title: string;

  constructor(protected readonly patience: Patience) {
    super();
  }

  /** An error met on the way to the object of `key`, in our words. */
  protected abstract errorOf(error: unknown, key: string): unknown;

  async has(key: string): Promise<boolean> {
    return (await this.stat(key)) !== null;
  }

  /** Asks what may be asked twice, for as long as patience lasts. */
  protected ask<T>(key: string, work: (signal: AbortSignal) => Promise<T>, limits: Limits = {}): Promise<T> {
    return persist({ ...limits, patience: this.patience, errorOf: this.errorsAt(key) }, work);
  }

  /** Asks once and briefly: somebody waits for the answer. */
  protected async askOnce(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    await persist({ patience: checking(this.patience), errorOf: this.errorsAt('') }, work);
  }

  protected errorsAt(key: string): (error: unknown) => unknown {
    return (error) => this.errorOf(error, key);
  }

  protected sendBody(
    body: Readable,
    options: SetOptions,
    send: (parcel: Parcel) => Promise<void>,
  ): Promise<void> {
    return sendBody(body, { ...options, store: this.title, idleMs: this.patience.idleMs }, send);
  }

  protected async refuseRange(key: string): Promise<never> {
    const found = await this.stat(key);
    throw found === null ? StorageErrors.objectNotFound(key) : StorageErrors.rangeNotSatisfiable(found.size);
  }
}
