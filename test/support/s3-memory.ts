import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { slices } from './stored.js';

type Headers = Readonly<Record<string, string | number | undefined>>;
interface Held {
  readonly bytes: Buffer;
  readonly md5: string;
  readonly headers: Headers;
  readonly modifiedAt: Date;
}
interface S3rverObject {
  readonly bucket: string;
  readonly key: string;
  readonly content: Buffer | Readable | null;
  readonly metadata: Headers;
}
interface Upload {
  readonly key: string;
  readonly headers: Headers;
  readonly parts: Map<number, Buffer>;
}

/**
 * Keeps what s3rver is given, in place of its folders: those show half an object while
 * it is written, keep one that broke off, hold no segment of a key over 240 bytes,
 * list in no order, and can give no upload up. S3 does none of it.
 */
export class S3Memory {
  readonly uploads = new Map<string, Upload>();
  private readonly buckets = new Map<string, Map<string, Held>>();

  constructor(
    /** Of s3rver, whose controllers expect objects to be one. */
    private readonly S3Object: new (
      bucket: string,
      key: string,
      content: Readable | null,
      metadata: Headers,
    ) => object & { range?: { start: number; end: number } },
  ) {}

  getBucket(name: string) {
    return Promise.resolve(this.buckets.has(name) ? { name, creationDate: new Date(0) } : null);
  }

  putBucket(name: string) {
    this.buckets.set(name, new Map());
    return this.getBucket(name);
  }

  reset(): void {
    this.buckets.clear();
    this.uploads.clear();
  }

  getSubresource(): Promise<null> {
    return Promise.resolve(null);
  }

  existsObject(bucket: string, key: string): Promise<boolean> {
    return Promise.resolve(this.objects(bucket).has(key));
  }

  getObject(bucket: string, key: string, options: { start?: number; end?: number } = {}) {
    const held = this.objects(bucket).get(key);
    if (held === undefined) return Promise.resolve(null);
    const isRanged = options.start !== undefined || options.end !== undefined;
    const start = options.start ?? 0;
    const end = Math.min(options.end ?? Infinity, held.bytes.length - 1);
    const isWithin = !isRanged || start <= end;
    const content = isWithin ? Readable.from(slices(held.bytes.subarray(start, end + 1))) : null;
    const object = new this.S3Object(bucket, key, content, metadataOf(held));
    if (isRanged) object.range = { start, end };
    return Promise.resolve(object);
  }

  async putObject({ bucket, key, content, metadata }: S3rverObject) {
    const bytes = content instanceof Readable ? await whole(content, metadata) : (content ?? Buffer.alloc(0));
    return this.keep(bucket, key, bytes, metadata);
  }

  copyObject(from: string, fromKey: string, to: string, toKey: string, headers: Headers | null) {
    const held = this.objects(from).get(fromKey);
    if (held === undefined) throw new Error('s3rver looks first');
    const copied = { ...held, headers: headers ?? held.headers, modifiedAt: new Date() };
    this.objects(to).set(toKey, copied);
    return Promise.resolve(metadataOf(copied));
  }

  deleteObject(bucket: string, key: string): Promise<void> {
    this.objects(bucket).delete(key);
    return Promise.resolve();
  }

  /** A thousand at once, in the order of their bytes. */
  listKeys(bucket: string, { startAfter, prefix }: { startAfter: string; prefix: string }) {
    const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const found = [...this.objects(bucket).keys()]
      .filter((key) => key.startsWith(prefix) && (startAfter === '' || order(key, startAfter) > 0))
      .sort(order);
    return { keys: found.slice(0, 1000), isTruncated: found.length > 1000 };
  }

  /** Asked for by s3rver when somebody only looks whether there is the bucket. */
  listObjects() {
    return Promise.resolve({ objects: [], commonPrefixes: [], isTruncated: false });
  }

  initiateUpload(_bucket: string, key: string, id: string, headers: Headers): Promise<void> {
    this.uploads.set(id, { key, headers, parts: new Map() });
    return Promise.resolve();
  }

  async putPart(_bucket: string, id: string, number: string | number, content: Readable) {
    const bytes = await buffer(content);
    this.uploads.get(id)?.parts.set(Number(number), bytes);
    return { size: bytes.length, md5: md5Of(bytes) };
  }

  putObjectMultipart(bucket: string, id: string, parts: readonly { readonly number: number }[]) {
    const upload = this.uploads.get(id);
    if (upload === undefined) throw new Error(`There is no upload ${id}`);
    this.uploads.delete(id);
    const pieces = parts.map(({ number }) => upload.parts.get(number) ?? Buffer.alloc(0));
    const bytes = Buffer.concat(pieces);
    return Promise.resolve(
      this.keep(bucket, upload.key, bytes, upload.headers, `${md5Of(bytes)}-${parts.length}`),
    );
  }

  private keep(bucket: string, key: string, bytes: Buffer, headers: Headers, md5 = md5Of(bytes)) {
    this.objects(bucket).set(key, { bytes, md5, headers, modifiedAt: new Date() });
    return { size: bytes.length, md5 };
  }

  private objects(bucket: string): Map<string, Held> {
    const objects = this.buckets.get(bucket);
    if (objects === undefined) throw new Error(`There is no bucket ${bucket}`);
    return objects;
  }
}

/** S3 refuses a body that breaks off (`IncompleteBody`). */
async function whole(content: Readable, headers: Headers): Promise<Buffer> {
  const bytes = await buffer(content);
  if (headers['content-length'] !== undefined && Number(headers['content-length']) !== bytes.length) {
    throw new Error('IncompleteBody');
  }
  return bytes;
}

function metadataOf({ bytes, md5, headers, modifiedAt }: Held): Headers {
  return {
    'content-type': headers['content-type'],
    etag: JSON.stringify(md5),
    'last-modified': modifiedAt.toUTCString(),
    'content-length': bytes.length,
  };
}

function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
