import type { Readable } from 'node:stream';
import { isProblem } from '../../../common/errors/app-error.js';
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
import { StorageErrors } from '../storage.errors.js';
import { WrappedStore } from './wrapped-store.js';

export type ReplicaWork = 'set' | 'delete' | 'copy';

/** Told what the second store failed to do; nobody else is. */
export type ReplicaFailed = (work: ReplicaWork, key: string, error: unknown) => void;

/**
 * A store with a second that gets all it gets, as in another region. What the first
 * did counts: when the second fails, the write succeeds, `failed` is told, and
 * `storage:copy --resume` brings the second up to date. What the first lacks, or can
 * not give because it does not answer, is read from the second.
 */
export function replicated(first: ObjectStore, second: ObjectStore, failed: ReplicaFailed): ObjectStore {
  return new ReplicatedStore(first, second, failed);
}

class ReplicatedStore extends WrappedStore {
  constructor(
    first: ObjectStore,
    private readonly second: ObjectStore,
    private readonly failed: ReplicaFailed,
  ) {
    super(first);
  }

  override get(key: string, options?: GetOptions): Promise<Readable> {
    return this.either((store) => store.get(key, options));
  }

  override async set(key: string, body: Body, options?: SetOptions): Promise<void> {
    await this.inner.set(key, body, options);
    await this.onSecond('set', key, () => this.transfer(key));
  }

  override async setMultipart(key: string, body: Readable, options?: SetOptions): Promise<void> {
    await this.inner.setMultipart(key, body, options);
    await this.onSecond('set', key, () => this.transfer(key));
  }

  override async has(key: string): Promise<boolean> {
    return (await this.stat(key)) !== null;
  }

  override async stat(key: string): Promise<ObjectStat | null> {
    const find = async (store: ObjectStore) => {
      const stat = await store.stat(key);
      if (stat === null) throw StorageErrors.objectNotFound(key);
      return stat;
    };
    return this.either(find).catch((error: unknown) => {
      if (isProblem(error, 'object_not_found')) return null;
      throw error;
    });
  }

  override async delete(key: string): Promise<void> {
    await this.inner.delete(key);
    await this.onSecond('delete', key, () => this.second.delete(key));
  }

  /** Of the first; of the second where the first does not answer to begin with. */
  override async *keys(prefix?: string): AsyncIterable<string> {
    let hasAnswered = false;
    try {
      for await (const key of this.inner.keys(prefix)) {
        hasAnswered = true;
        yield key;
      }
      return;
    } catch (error) {
      if (hasAnswered || !isProblem(error, 'storage_unavailable')) throw error;
    }
    yield* this.second.keys(prefix);
  }

  override async copy(from: string, to: string): Promise<void> {
    await this.inner.copy(from, to);
    await this.onSecond('copy', to, () => this.transfer(to));
  }

  /** A signed PUT would reach one store only. */
  override async signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest | null> {
    const signed = await this.inner.signUrl(key, verb, options);
    return verb === 'GET' ? signed : null;
  }

  override async check(): Promise<void> {
    await Promise.all([this.inner.check(), this.second.check()]);
  }

  override async close(): Promise<void> {
    await Promise.all([this.inner.close(), this.second.close()]);
  }

  /** From the first, which has it whole: a body can be read once only. */
  private async transfer(key: string): Promise<void> {
    const stat = await this.inner.stat(key);
    // Deleted since, and so it will be there.
    if (stat === null) return;
    const { size, contentType } = stat;
    const body = await this.inner.get(key);
    await this.second.setMultipart(key, body, { size, ...(contentType === null ? {} : { contentType }) });
  }

  private async onSecond(work: ReplicaWork, key: string, change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      this.failed(work, key, error);
    }
  }

  private async either<T>(read: (store: ObjectStore) => Promise<T>): Promise<T> {
    try {
      return await read(this.inner);
    } catch (error) {
      if (!isProblem(error, 'object_not_found') && !isProblem(error, 'storage_unavailable')) throw error;
      return read(this.second).catch((second: unknown) => {
        // That the first does not answer weighs more than that the second has nothing.
        throw isProblem(error, 'storage_unavailable') || isProblem(second, 'object_not_found')
          ? error
          : second;
      });
    }
  }
}
