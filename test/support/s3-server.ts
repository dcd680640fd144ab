import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import S3rver from 's3rver';
import type { S3Location } from '../../src/config/storage.js';
import { S3Memory } from './s3-memory.js';
import { isSignedWith } from './s3-signature.js';

const S3Object = createRequire(import.meta.url)('s3rver/lib/models/object.js');

/** The only pair of keys that s3rver knows. */
const KEY = 'S3RVER';
export const S3_BUCKET = 'cloudkeep-test';

/**
 * s3rver on a free loopback port, with a bucket. In front of it stands what S3 does
 * and s3rver does not: it verifies signatures, gives multipart uploads up, copies
 * parts, reads every character of a copy's source, and pages (s3rver makes its tokens
 * by DES, which OpenSSL 3 has no more) through keys in an encoding that any XML carries.
 */
export class S3Server {
  /** What was asked, in order: method and path with query. */
  readonly requests: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly memory: S3Memory,
    private readonly s3rver: (request: IncomingMessage, response: ServerResponse) => void,
  ) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(): Promise<S3Server> {
    const memory = new S3Memory(S3Object);
    await memory.putBucket(S3_BUCKET);
    const s3rver = new S3rver({ silent: true, vhostBuckets: false, directory: '/nonexistent' });
    // Koa tells of requests that break off; that they do is part of what is tested.
    (s3rver as unknown as { silent: boolean }).silent = true;
    Object.assign(s3rver, { store: memory });
    Object.assign((s3rver as unknown as { context: object }).context, { store: memory });
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new S3Server(server, memory, s3rver.callback());
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  location(overrides: Partial<S3Location> = {}): S3Location {
    return {
      backend: 's3',
      bucket: S3_BUCKET,
      region: 'us-east-1',
      endpoint: this.url,
      credentials: { accessKeyId: KEY, secretAccessKey: KEY },
      serverSideEncryption: null,
      kmsKeyId: null,
      ...overrides,
    };
  }

  /** Multipart uploads that are neither complete nor given up: S3 would charge for them. */
  leftovers(): Promise<string[]> {
    return Promise.resolve([...this.memory.uploads.values()].map(({ key }) => key));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(`${request.method} ${request.url}`);
    const upload = url.searchParams.get('uploadId');
    const source = request.headers['x-amz-copy-source'];
    if (!isSignedWith(request, KEY)) refuse(response, 403, 'SignatureDoesNotMatch');
    else if (url.searchParams.get('list-type') === '2') await this.list(url, response);
    else if (upload !== null && request.method === 'DELETE') {
      this.memory.uploads.delete(upload);
      response.writeHead(204).end();
    } else if (upload !== null && request.method === 'POST' && !this.memory.uploads.has(upload)) {
      refuse(response, 404, 'NoSuchUpload');
    } else if (upload !== null && typeof source === 'string') {
      await this.copyPart(url, source, String(request.headers['x-amz-copy-source-range']), response);
    } else {
      // s3rver leaves reserved characters of it encoded.
      if (typeof source === 'string') {
        request.headers['x-amz-copy-source'] = encodeURI(decodeURIComponent(source));
      }
      this.s3rver(request, response);
    }
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
  private async list({ pathname, searchParams: query }: URL, response: ServerResponse): Promise<void> {
    const bucket = pathname.split('/')[1] ?? '';
    if ((await this.memory.getBucket(bucket)) === null) return void refuse(response, 404, 'NoSuchBucket');
    const { keys, isTruncated } = this.memory.listKeys(bucket, {
      prefix: query.get('prefix') ?? '',
      startAfter: Buffer.from(query.get('continuation-token') ?? '', 'base64').toString(),
    });
    const next = Buffer.from(keys.at(-1) ?? '').toString('base64');
    const contents = keys.map((key) => `<Contents><Key>${formEncoded(key)}</Key></Contents>`);
    response
      .setHeader('Content-Type', 'application/xml')
      .end(
        `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>` +
          `${isTruncated ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}${contents.join('')}</ListBucketResult>`,
      );
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
  private async copyPart(url: URL, source: string, range: string, response: ServerResponse): Promise<void> {
    const [bucket = '', ...key] = decodeURIComponent(source).split('/');
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const part = (await this.memory.getObject(bucket, key.join('/'), {
      start: Number(start),
      end: Number(end),
    })) as { content: NodeJS.ReadableStream } | null;
    if (part === null) return void refuse(response, 404, 'NoSuchKey');
    const { md5 } = await this.memory.putPart(
      bucket,
      url.searchParams.get('uploadId') ?? '',
      url.searchParams.get('partNumber') ?? '',
      part.content as never,
    );
    response.end(`<CopyPartResult><ETag>"${md5}"</ETag></CopyPartResult>`);
  }
}

function formEncoded(key: string): string {
  return new URLSearchParams({ key }).toString().slice('key='.length);
}

function refuse(response: ServerResponse, status: number, code: string): ServerResponse {
  return response
    .writeHead(status, { 'Content-Type': 'application/xml', Connection: 'close' })
    .end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
