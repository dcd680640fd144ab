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
import type {
  GetOptions,
  ObjectStat,
  SetOptions,
  SignedRequest,
  SignedVerb,
  SignOptions,
} from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';
import { isProblem } from './cloud-fault.js';
import { CloudStore } from './cloud-store.js';
import { isEmptyRange, rangeHeader } from './http-range.js';
import { receiveBody } from './incoming.js';
import { chained, PART_BYTES, partsOf, SMALL_BYTES } from './outgoing.js';
import { COPY_MS, millisecondsFor, PATIENCE, type Patience } from './patience.js';
import { encryptionOf, s3Client } from './s3-client.js';
import { s3Error } from './s3-faults.js';
import { S3Signer } from './s3-signer.js';
import { copyInParts, MOST_PARTS, uploadInParts, type Ask } from './s3-multipart.js';

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
export class S3Store extends CloudStore {
  readonly backend = 's3';
  protected readonly title = 'S3';
  private readonly client: S3Client;
  private readonly signer: S3Signer;

  constructor(
    private readonly location: S3Location,
    patience: Patience = PATIENCE,
    private readonly sizes: S3Sizes = SIZES,
  ) {
    super(patience);
    this.client = s3Client(location, patience);
    this.signer = new S3Signer(location);
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<Readable> {
    const target = this.at(key);
    if (isEmptyRange(range)) return this.refuseRange(key);
    const command = new GetObjectCommand({ ...target, Range: rangeHeader(range) });
    try {
      const answer = await this.ask(key, (abortSignal) => this.client.send(command, { abortSignal }), {
        signal,
      });
      return receiveBody(answer.Body as Readable, {
        store: this.title,
        bytes: answer.ContentLength ?? 0,
        idleMs: this.patience.idleMs,
        signal,
        errorOf: this.errorsAt(key),
      });
    } catch (error) {
      if (isProblem(error, 'range_not_satisfiable')) return this.refuseRange(key);
      throw error;
    }
  }

  async set(key: string, body: Readable | Uint8Array, options: SetOptions = {}): Promise<void> {
    assertObjectKey(key);
    const { size, signal } = options;
    if (!(body instanceof Readable)) {
      if (size !== undefined && size !== body.length) throw StorageErrors.sizeMismatch(size, body.length);
      await this.put(key, body, options, signal);
    } else if (size === undefined || size > this.sizes.mostAtOnce) {
      await this.setMultipart(key, body, options);
    } else {
      await this.sendBody(body, options, async ({ stream, signal: stop }) => {
        if (size <= SMALL_BYTES) return this.put(key, await buffer(stream), options, stop);
        const command = this.putCommand(key, stream, size, options);
        await this.client.send(command, { abortSignal: stop }).catch((error: unknown) => {
          throw this.errorsAt(key)(error);
        });
      });
    }
  }

  async setMultipart(key: string, body: Readable, options: SetOptions = {}): Promise<void> {
    const target = { ...this.at(key), ...encryptionOf(this.location), ContentType: options.contentType };
    const partBytes = Math.max(this.sizes.partBytes, Math.ceil((options.size ?? 0) / MOST_PARTS));
    await this.sendBody(body, options, async ({ stream, signal }) => {
      const parts = partsOf(stream, partBytes);
      const { value: first } = await parts.next();
      if (first === undefined || first.isLast) {
        return this.put(key, first?.bytes ?? Buffer.alloc(0), options, signal);
      }
      const ask: Ask = (work, extraMs) => this.ask(key, work, { signal, extraMs });
      return uploadInParts(this.client, target, ask, { parts: chained(first, parts), stream });
    });
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand(this.at(key));
    await this.ask(key, (abortSignal) => this.client.send(command, { abortSignal })).catch(
      (error: unknown) => {
        // Google's and other servers that speak the protocol refuse to delete nothing.
        if (!isProblem(error, 'object_not_found')) throw error;
      },
    );
  }

  async *keys(prefix = ''): AsyncIterable<string> {
    if (!canBeginKey(prefix)) return;
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.location.bucket,
        Prefix: prefix,
        ContinuationToken: token,
        // XML can not carry, and its parsers do not keep, every character of a key.
        EncodingType: 'url',
      });
      const page = await this.ask('', (abortSignal) => this.client.send(command, { abortSignal }));
      for (const { Key = '' } of page.Contents ?? []) yield page.EncodingType === 'url' ? decoded(Key) : Key;
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async stat(key: string): Promise<ObjectStat | null> {
    const command = new HeadObjectCommand(this.at(key));
    try {
      const head = await this.ask(key, (abortSignal) => this.client.send(command, { abortSignal }));
      return {
        key,
        size: head.ContentLength ?? 0,
        contentType: head.ContentType === NO_TYPE ? null : (head.ContentType ?? null),
        modifiedAt: head.LastModified ?? new Date(0),
      };
    } catch (error) {
      if (isProblem(error, 'object_not_found')) return null;
      throw error;
    }
  }

  async copy(from: string, to: string): Promise<void> {
    const target = { ...this.at(to), ...encryptionOf(this.location) };
    const found = await this.stat(from);
    if (found === null) throw StorageErrors.objectNotFound(from);
    if (from === to) return;
    const CopySource = [this.location.bucket, ...from.split('/')].map(encodeURIComponent).join('/');
    const { size, contentType } = found;
    const ask: Ask = (work, extraMs) => this.ask(from, work, { extraMs });
    if (size <= this.sizes.mostAtOnce) {
      const command = new CopyObjectCommand({ ...target, CopySource });
      await ask((abortSignal) => this.client.send(command, { abortSignal }), COPY_MS);
    } else {
      const typed = { ...target, ContentType: contentType ?? undefined };
      const partBytes = Math.max(this.sizes.copyPartBytes, Math.ceil(size / MOST_PARTS));
      await copyInParts(this.client, typed, ask, { CopySource, size, partBytes });
    }
  }

  async signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest> {
    assertObjectKey(key);
    return this.ask(key, () => this.signer.sign(key, verb, options));
  }

  async check(): Promise<void> {
    const command = new HeadBucketCommand({ Bucket: this.location.bucket });
    await this.askOnce((abortSignal) => this.client.send(command, { abortSignal }));
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
    key: string,
    bytes: Uint8Array,
    options: SetOptions,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const command = this.putCommand(key, bytes, bytes.length, options);
    const extraMs = millisecondsFor(bytes.length);
    await this.ask(key, (abortSignal) => this.client.send(command, { abortSignal }), { signal, extraMs });
  }

  private putCommand(key: string, Body: Readable | Uint8Array, ContentLength: number, options: SetOptions) {
    const { contentType: ContentType } = options;
    const target = { ...this.at(key), ...encryptionOf(this.location) };
    return new PutObjectCommand({ ...target, Body, ContentLength, ContentType });
  }

  protected errorOf(error: unknown, key: string): unknown {
    return s3Error(error, this.location, key);
  }
}

/** As S3 encodes keys in lists: like a form. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
