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
import type { Readable } from 'node:stream';
import type { S3Location } from '../../../config/storage.js';
import type { Body } from '../body.js';
import { assertObjectKey } from '../object-key.js';
import type {
  ByteRange,
  ObjectStat,
  SetOptions,
  SignedRequest,
  SignedVerb,
  SignOptions,
} from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';
import { CloudStore, type Download, type Page, type PartedBody } from './cloud-store.js';
import { rangeHeader } from './http-range.js';
import { PART_BYTES } from './outgoing.js';
import { COPY_MS, PATIENCE, type Patience } from './patience.js';
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
    super(patience, { ...sizes, mostParts: MOST_PARTS });
    this.client = s3Client(location, patience);
    this.signer = new S3Signer(location);
  }

  async copy(from: string, to: string): Promise<void> {
    for (const key of [from, to]) assertObjectKey(key);
    const target = { ...this.at(to), ...encryptionOf(this.location) };
    const found = await this.stat(from);
    if (found === null) throw StorageErrors.objectNotFound(from);
    if (from === to) return;
    const CopySource = [this.location.bucket, ...from.split('/')].map(encodeURIComponent).join('/');
    const { size, contentType } = found;
    const ask: Ask = (work, limits) => this.ask(from, work, limits);
    if (size <= this.sizes.mostAtOnce) {
      const command = new CopyObjectCommand({ ...target, CopySource });
      await ask((abortSignal) => this.client.send(command, { abortSignal }), { extraMs: COPY_MS });
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

  protected async download(
    key: string,
    range: ByteRange | undefined,
    abortSignal: AbortSignal,
  ): Promise<Download> {
    const command = new GetObjectCommand({ ...this.at(key), Range: rangeHeader(range) });
    const { Body, ContentLength = 0 } = await this.client.send(command, { abortSignal });
    return { source: Body as Readable, bytes: ContentLength };
  }

  protected async upload(
    key: string,
    body: Body,
    { contentType: ContentType, size: ContentLength }: SetOptions & { readonly size: number },
    abortSignal: AbortSignal,
  ): Promise<void> {
    const target = { ...this.at(key), ...encryptionOf(this.location) };
    const command = new PutObjectCommand({ ...target, Body: body, ContentLength, ContentType });
    await this.client.send(command, { abortSignal });
  }

  protected uploadParts(
    key: string,
    body: PartedBody,
    { contentType: ContentType }: SetOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const target = { ...this.at(key), ...encryptionOf(this.location), ContentType };
    const ask: Ask = (work, limits) => this.ask(key, work, { ...limits, signal });
    return uploadInParts(this.client, target, ask, body);
  }

  protected remove(key: string, abortSignal: AbortSignal): Promise<unknown> {
    return this.client.send(new DeleteObjectCommand(this.at(key)), { abortSignal });
  }

  protected async list(prefix: string, token: string | undefined, abortSignal: AbortSignal): Promise<Page> {
    const command = new ListObjectsV2Command({
      Bucket: this.location.bucket,
      Prefix: prefix,
      ContinuationToken: token,
      // XML can not carry, and its parsers do not keep, every character of a key.
      EncodingType: 'url',
    });
    const page = await this.client.send(command, { abortSignal });
    const keyOf = page.EncodingType === 'url' ? decoded : (key: string) => key;
    return {
      names: (page.Contents ?? []).map(({ Key = '' }) => keyOf(Key)),
      next: page.IsTruncated === true ? page.NextContinuationToken : undefined,
    };
  }

  protected async head(key: string, abortSignal: AbortSignal): Promise<Omit<ObjectStat, 'key'>> {
    const head = await this.client.send(new HeadObjectCommand(this.at(key)), { abortSignal });
    return {
      size: head.ContentLength ?? 0,
      contentType: head.ContentType === NO_TYPE ? null : (head.ContentType ?? null),
      modifiedAt: head.LastModified ?? new Date(0),
    };
  }

  protected errorOf(error: unknown, key: string): unknown {
    return s3Error(error, this.location, key);
  }

  private at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.location.bucket, Key: key };
  }
}

/** As S3 encodes keys in lists: like a form. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
