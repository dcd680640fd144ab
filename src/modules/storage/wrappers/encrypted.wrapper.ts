import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { KeyRing } from '../../../common/crypto/key-ring.js';
import { withBody, type Body } from '../body.js';
import { resolveRange } from '../byte-range.js';
import { through } from '../bytes-stream.js';
import { assertObjectKey } from '../object-key.js';
import type { ByteRange, GetOptions, ObjectStat, ObjectStore, SetOptions } from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';
import {
  CHUNK_BYTES,
  HEADER_BYTES,
  ObjectCipher,
  openedSizeOf,
  SEALED_CHUNK_BYTES,
  sealedSizeOf,
} from './sealed-format.js';
import { opening, openingPart, sealing } from './sealed-streams.js';
import { WrappedStore } from './wrapped-store.js';

/**
 * The store, in which whoever runs it can neither read nor change an object, nor
 * pass one off as another. Sizes, names and content types stay visible to them.
 *
 * @param secrets as `ENCRYPTION_KEY` lists them: the first seals, all open.
 */
export function encrypted(store: ObjectStore, secrets: readonly string[]): ObjectStore {
  return new EncryptedStore(store, new KeyRing(secrets, 'cloudkeep object store key'));
}

/** Reading what was altered throws AppError `object_corrupt`, at once or in the stream. */
class EncryptedStore extends WrappedStore {
  constructor(
    inner: ObjectStore,
    private readonly ring: KeyRing,
  ) {
    super(inner);
  }

  override async get(key: string, { range, signal }: GetOptions = {}): Promise<Readable> {
    const given = signal === undefined ? {} : { signal };
    if (range !== undefined) return this.getPart(key, range, given);
    return through(await this.inner.get(key, given), opening(this.ring, key));
  }

  override async set(key: string, body: Body, options: SetOptions = {}): Promise<void> {
    const { size, signal } = options;
    if (body instanceof Readable) {
      await this.write(key, body, options, (sealed, how) => this.inner.set(key, sealed, how));
      return;
    }
    if (size !== undefined && size !== body.length) throw StorageErrors.sizeMismatch(size, body.length);
    signal?.throwIfAborted();
    const cipher = ObjectCipher.fresh(this.ring, key);
    const sealed = await buffer(
      through(Readable.from([body], { objectMode: false }), sealing(cipher, body.length)),
    );
    await this.inner.set(key, sealed, { ...options, size: sealed.length });
  }

  override async setMultipart(key: string, body: Readable, options: SetOptions = {}): Promise<void> {
    await this.write(key, body, options, (sealed, how) => this.inner.setMultipart(key, sealed, how));
  }

  override async stat(key: string): Promise<ObjectStat | null> {
    const stat = await this.inner.stat(key);
    if (stat === null) return null;
    try {
      return { ...stat, size: openedSizeOf(stat.size) };
    } catch (error) {
      throw StorageErrors.corrupt(key, error);
    }
  }

  /** Through this server: what is sealed for one key does not open under another. */
  override async copy(from: string, to: string): Promise<void> {
    assertObjectKey(to);
    const stat = await this.stat(from);
    if (stat === null) throw StorageErrors.objectNotFound(from);
    const { size, contentType } = stat;
    await this.setMultipart(to, await this.get(from), {
      size,
      ...(contentType === null ? {} : { contentType }),
    });
  }

  override async signUrl(key: string): Promise<null> {
    assertObjectKey(key);
    return Promise.resolve(null);
  }

  private write(
    key: string,
    body: Readable,
    options: SetOptions,
    write: (sealed: Readable, options: SetOptions) => Promise<void>,
  ): Promise<void> {
    return withBody(body, options.signal, async () => {
      assertObjectKey(key);
      const { size } = options;
      const sealed = through(body, sealing(ObjectCipher.fresh(this.ring, key), size));
      await write(sealed, size === undefined ? options : { ...options, size: sealedSizeOf(size) });
    });
  }

  /** Reads no more chunks than the range touches. */
  private async getPart(key: string, range: ByteRange, given: GetOptions): Promise<Readable> {
    const stat = await this.stat(key);
    if (stat === null) throw StorageErrors.objectNotFound(key);
    const { start, end } = resolveRange(range, stat.size);
    const header = { start: 0, end: HEADER_BYTES - 1 };
    const cipher = this.cipherOf(await buffer(await this.inner.get(key, { ...given, range: header })), key);
    const [first, final, last] = [start, end, stat.size - 1].map((at) => Math.floor(at / CHUNK_BYTES)) as [
      number,
      number,
      number,
    ];
    const chunks = {
      start: HEADER_BYTES + first * SEALED_CHUNK_BYTES,
      end: HEADER_BYTES + (final + 1) * SEALED_CHUNK_BYTES - 1,
    };
    const sealed = await this.inner.get(key, { ...given, range: chunks });
    return through(sealed, openingPart(cipher, key, { first, last, start, end }));
  }

  private cipherOf(header: Buffer, key: string): ObjectCipher {
    try {
      return ObjectCipher.of(header, this.ring, key);
    } catch (error) {
      throw StorageErrors.corrupt(key, error);
    }
  }
}
