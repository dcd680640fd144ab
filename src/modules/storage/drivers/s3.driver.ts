import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { S3Location } from '../../../config/storage.js';
import { assertObjectKey, canBeginKey } from '../object-key.js';
import {
  ObjectStore,
  type GetOptions,
  type ObjectStat,
  type SetOptions,
  type SignedRequest,
  type SignedVerb,
  type SignOptions,
} from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';
import { isEmptyRange, rangeHeader } from './http-range.js';
import { receiveBody } from './incoming.js';
import { PART_BYTES, partsOf, sendBody, SMALL_BYTES, type Parcel } from './outgoing.js';
import { CHECK_MS, PATIENCE, type Patience } from './patience.js';
import { abortable, encryptionOf, s3Client } from './s3-client.js';
import { isBeyondEnd, isMissing, s3Error } from './s3-faults.js';
import { S3Signer } from './s3-signer.js';
import { copyInParts, MOST_PARTS, uploadInParts } from './s3-multipart.js';

const GIB = 1_073_741_824;
/** What S3 takes, and copies, in one request. */
const MOST_AT_ONCE = 5 * GIB;
const COPY_PART_BYTES = GIB / 2;
/** S3 gives it to what was written without a type. */
const NO_TYPE = 'binary/octet-stream';

interface S3Sizes {
  readonly partBytes: number;
  readonly mostAtOnce: number;
  readonly copyPartBytes: number;
}
const SIZES: S3Sizes = { partBytes: PART_BYTES, mostAtOnce: MOST_AT_ONCE, copyPartBytes: COPY_PART_BYTES };

/** Objects in a bucket of Amazon S3, or of any server that speaks its protocol. */
export class S3Store extends ObjectStore {
  readonly backend = 's3';
  private readonly client: S3Client;
  private readonly signer: S3Signer;

  constructor(
    private readonly location: S3Location,
    private readonly patience: Patience = PATIENCE,
    private readonly sizes: S3Sizes = SIZES,
  ) {
    super();
    this.client = s3Client(location, patience);
    this.signer = new S3Signer(location);
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<Readable> {
    const target = this.at(key);
    if (isEmptyRange(range)) return this.refuseRange(key);
    try {
      const command = new GetObjectCommand({ ...target, Range: rangeHeader(range) });
      const { Body, ContentLength } = await this.client.send(command, abortable(signal));
      return receiveBody(Body as Readable, {
        store: 'S3',
        bytes: ContentLength ?? 0,
        idleMs: this.patience.idleMs,
        signal,
        errorOf: this.errorOf,
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (isMissing(error)) throw StorageErrors.objectNotFound(key);
      if (isBeyondEnd(error)) return this.refuseRange(key);
      throw this.errorOf(error);
    }
  }

  async set(key: string, body: Readable | Uint8Array, options: SetOptions = {}): Promise<void> {
    const target = this.at(key);
    const { size, signal } = options;
    if (!(body instanceof Readable)) {
      signal?.throwIfAborted();
      if (size !== undefined && size !== body.length) throw StorageErrors.sizeMismatch(size, body.length);
      await this.put(target, body, body.length, options);
    } else if (size === undefined || size > this.sizes.mostAtOnce) {
      await this.setMultipart(key, body, options);
    } else {
      await this.sendBody(body, options, async (parcel) => {
        const bytes = size > SMALL_BYTES ? parcel.stream : await buffer(parcel.stream);
        await this.put(target, bytes, size, { ...options, signal: parcel.signal });
      });
    }
  }

  async setMultipart(key: string, body: Readable, options: SetOptions = {}): Promise<void> {
    const target = this.at(key);
    const partBytes = Math.max(this.sizes.partBytes, Math.ceil((options.size ?? 0) / MOST_PARTS));
    await this.sendBody(body, options, async (parcel) => {
      const parts = partsOf(parcel.stream, partBytes);
      const first = await parts.next();
      if (first.done === true || first.value.isLast) {
        const bytes = first.value?.bytes ?? Buffer.alloc(0);
        return this.put(target, bytes, bytes.length, { ...options, signal: parcel.signal });
      }
      const { value } = first;
      const all = (async function* () {
        yield value;
        yield* parts;
      })();
      const upload = { ...target, ...encryptionOf(this.location), ContentType: options.contentType };
      return uploadInParts(this.client, upload, all, parcel).catch((error: unknown) => {
        throw this.errorOf(error);
      });
    });
  }

  async has(key: string): Promise<boolean> {
    return (await this.stat(key)) !== null;
  }

  async delete(key: string): Promise<void> {
    const target = this.at(key);
    await this.attempt(() => this.client.send(new DeleteObjectCommand(target)));
  }

  async *keys(prefix = ''): AsyncIterable<string> {
    if (!canBeginKey(prefix)) return;
    let token: string | undefined;
    do {
      const page = await this.attempt(() =>
        this.client.send(
          new ListObjectsV2Command({
            Bucket: this.location.bucket,
            Prefix: prefix,
            ContinuationToken: token,
            // XML can not carry, and its parsers do not keep, every character of a key.
            EncodingType: 'url',
          }),
        ),
      );
      for (const { Key = '' } of page.Contents ?? []) yield page.EncodingType === 'url' ? decoded(Key) : Key;
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async stat(key: string): Promise<ObjectStat | null> {
    const target = this.at(key);
    try {
      const head = await this.client.send(new HeadObjectCommand(target));
      return {
        key,
        size: head.ContentLength ?? 0,
        contentType: head.ContentType === NO_TYPE ? null : (head.ContentType ?? null),
        modifiedAt: head.LastModified ?? new Date(0),
      };
    } catch (error) {
      if (isMissing(error)) return null;
      throw this.errorOf(error);
    }
  }

  async copy(from: string, to: string): Promise<void> {
    const target = { ...this.at(to), ...encryptionOf(this.location) };
    const found = await this.stat(from);
    if (found === null) throw StorageErrors.objectNotFound(from);
    if (from === to) return;
    const CopySource = [this.location.bucket, ...from.split('/')].map(encodeURIComponent).join('/');
    const { size, contentType } = found;
    await this.attempt<unknown>(() =>
      size <= this.sizes.mostAtOnce
        ? this.client.send(new CopyObjectCommand({ ...target, CopySource }))
        : copyInParts(
            this.client,
            { ...target, ContentType: contentType ?? undefined },
            { CopySource, size },
            Math.max(this.sizes.copyPartBytes, Math.ceil(size / MOST_PARTS)),
          ),
    );
  }

  async signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest> {
    assertObjectKey(key);
    return this.attempt(() => this.signer.sign(key, verb, options));
  }

  async check(): Promise<void> {
    const command = new HeadBucketCommand({ Bucket: this.location.bucket });
    await this.attempt(() => this.client.send(command, { abortSignal: AbortSignal.timeout(CHECK_MS) }));
  }

  close(): Promise<void> {
    this.client.destroy();
    this.signer.close();
    return Promise.resolve();
  }

  private at(key: string): { readonly Bucket: string; readonly Key: string } {
    assertObjectKey(key);
    return { Bucket: this.location.bucket, Key: key };
  }

  private async put(
    target: { readonly Bucket: string; readonly Key: string },
    body: Readable | Uint8Array,
    size: number,
    { contentType, signal }: SetOptions,
  ): Promise<void> {
    const command = new PutObjectCommand({
      ...target,
      ...encryptionOf(this.location),
      Body: body,
      ContentLength: size,
      ContentType: contentType,
    });
    await this.attempt(() => this.client.send(command, abortable(signal)), signal);
  }

  private sendBody(
    body: Readable,
    options: SetOptions,
    send: (parcel: Parcel) => Promise<void>,
  ): Promise<void> {
    return sendBody(body, { ...options, store: 'S3', idleMs: this.patience.idleMs }, send);
  }

  private async attempt<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      throw this.errorOf(error);
    }
  }

  private async refuseRange(key: string): Promise<never> {
    const found = await this.stat(key);
    throw found === null ? StorageErrors.objectNotFound(key) : StorageErrors.rangeNotSatisfiable(found.size);
  }

  private readonly errorOf = (error: unknown): unknown => s3Error(error, this.location);
}

/** As S3 encodes keys in lists: like a form. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
