import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { GcsLocation } from '../../src/config/storage.js';
import { bearsTokenOf, isSignedBy } from './gcs-signature.js';

export const GCS_BUCKET = 'cloudkeep-test';
const EMAIL = 'tester@cloudkeep.iam.gserviceaccount.com';
/** Google takes parts in multiples of it. */
const GRAIN = 256 * 1024;

interface Held {
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
  readonly updated: Date;
}
interface Session {
  readonly name: string;
  readonly contentType: string | undefined;
  bytes: Buffer;
}
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/**
 * What of Google Cloud Storage's JSON API (https://cloud.google.com/storage/docs/json_api/v1)
 * and of its signed URLs (https://cloud.google.com/storage/docs/xml-api/reference-methods)
 * is used here, from memory. Google copies large objects in several goes; this one does
 * so with anything over `rewriteBytes`.
 */
export class GcsServer {
  readonly requests: string[] = [];
  rewriteBytes = Infinity;
  private readonly objects = new Map<string, Held>();
  private readonly sessions = new Map<string, Session>();
  private readonly rewrites = new Map<string, number>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'cloudkeep-gcs-'));
  private readonly key: KeyObject;

  private constructor(private readonly server: Server) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.key = publicKey;
    const file = {
      type: 'service_account',
      project_id: 'cloudkeep',
      private_key_id: 'one',
      client_email: EMAIL,
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    };
    writeFileSync(this.credentialsPath, JSON.stringify(file));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      // A request that breaks off leaves nothing, as at Google's.
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<GcsServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new GcsServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get credentialsPath(): string {
    return join(this.folder, 'key.json');
  }

  location(overrides: Partial<GcsLocation> = {}): GcsLocation {
    const { url: endpoint, credentialsPath } = this;
    return { backend: 'gcs', bucket: GCS_BUCKET, projectId: null, credentialsPath, endpoint, ...overrides };
  }

  /** Resumable uploads that are neither complete nor cancelled. */
  leftovers(): Promise<string[]> {
    return Promise.resolve([...this.sessions.values()].map(({ name }) => name));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    rmSync(this.folder, { recursive: true });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(`${request.method} ${request.url}`);
    const exchange = { request, response, url };
    const [, at, bucket, rest = ''] = API.exec(url.pathname) ?? [];
    if (at === undefined || bucket === undefined) return this.answerSigned(exchange);
    if (!bearsTokenOf(request, this.key, EMAIL)) return refuse(response, 401, 'authError');
    if (bucket !== GCS_BUCKET)
      return refuse(response, 404, 'notFound', 'The specified bucket does not exist.');
    if (at.startsWith('/upload')) return this.upload(exchange);
    if (rest === '') return this.list(exchange);
    const [name = '', , , to] = rest.slice(1).split(/\/(rewriteTo)\/b\/([^/]+)\/o\//);
    if (to !== undefined) return this.rewrite(exchange, decodeURIComponent(name), decodeURIComponent(to));
    return this.object(exchange, decodeURIComponent(name));
  }

  private object({ request, response, url }: Exchange, name: string): void {
    const held = this.objects.get(name);
    if (held === undefined) return refuse(response, 404, 'notFound', `No such object: ${GCS_BUCKET}/${name}`);
    if (request.method === 'DELETE') {
      this.objects.delete(name);
      response.writeHead(204).end();
    } else if (url.searchParams.get('alt') === 'media') sendMedia(request, response, held);
    else sendJson(response, metadataOf(name, held));
  }

  private list({ response, url: { searchParams: query } }: Exchange): void {
    const most = Number(query.get('maxResults') ?? 1000);
    const after = Buffer.from(query.get('pageToken') ?? '', 'base64url').toString();
    const names = [...this.objects.keys()]
      .filter(
        (name) => name.startsWith(query.get('prefix') ?? '') && (after === '' || order(name, after) > 0),
      )
      .sort(order);
    const page = names.slice(0, most);
    const nextPageToken =
      names.length > most ? Buffer.from(page.at(-1) ?? '').toString('base64url') : undefined;
    sendJson(response, { items: page.map((name) => ({ name })), nextPageToken });
  }

  private rewrite({ response, url }: Exchange, from: string, to: string): void {
    const held = this.objects.get(from);
    if (held === undefined) return refuse(response, 404, 'notFound', `No such object: ${GCS_BUCKET}/${from}`);
    const token = url.searchParams.get('rewriteToken') ?? randomUUID();
    const done = (this.rewrites.get(token) ?? 0) + this.rewriteBytes;
    this.rewrites.set(token, done);
    const isDone = done >= held.bytes.length;
    if (isDone) this.objects.set(to, { ...held, updated: new Date() });
    sendJson(response, { done: isDone, ...(isDone ? {} : { rewriteToken: token }) });
  }

  private async upload({ request, response, url }: Exchange): Promise<void> {
    const name = url.searchParams.get('name') ?? '';
    const id = url.searchParams.get('upload_id');
    if (id !== null) return this.resume(request, response, id);
    const body = await whole(request);
    if (url.searchParams.get('uploadType') === 'media') {
      return this.keep(response, name, body, request.headers['content-type']);
    }
    const session = randomUUID();
    const contentType = request.headers['x-upload-content-type'] as string | undefined;
    this.sessions.set(session, { name, contentType, bytes: Buffer.alloc(0) });
    response
      .setHeader(
        'Location',
        `http://${request.headers.host}${url.pathname}?uploadType=resumable&upload_id=${session}`,
      )
      .end();
  }

  /** https://cloud.google.com/storage/docs/performing-resumable-uploads */
  private async resume(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const session = this.sessions.get(id);
    if (session === undefined) return refuse(response, 404, 'notFound');
    if (request.method === 'DELETE') {
      this.sessions.delete(id);
      response.writeHead(499).end();
      return;
    }
    const [, start, total] =
      /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(request.headers['content-range'] ?? '') ?? [];
    const part = await whole(request);
    if (start !== undefined && Number(start) !== session.bytes.length)
      return refuse(response, 400, 'badRequest');
    if (total === '*' && part.length % GRAIN !== 0) return refuse(response, 400, 'badRequest');
    session.bytes = Buffer.concat([session.bytes, part]);
    if (total !== '*' && session.bytes.length === Number(total)) {
      this.sessions.delete(id);
      return this.keep(response, session.name, session.bytes, session.contentType);
    }
    const range = session.bytes.length === 0 ? {} : { Range: `bytes=0-${session.bytes.length - 1}` };
    response.writeHead(308, range).end();
  }

  /** The XML API, as far as URLs are signed for it. */
  private async answerSigned({ request, response, url }: Exchange): Promise<void> {
    const [, bucket, ...path] = url.pathname.split('/');
    const name = decodeURIComponent(path.join('/'));
    if (bucket !== GCS_BUCKET || !isSignedBy(request, this.key)) {
      return refuse(response, 403, 'SignatureDoesNotMatch');
    }
    if (request.method === 'GET') {
      const held = this.objects.get(name);
      if (held === undefined) return refuse(response, 404, 'NoSuchKey');
      for (const header of ['content-disposition', 'content-type']) {
        const value = url.searchParams.get(`response-${header}`);
        if (value !== null) response.setHeader(header, value);
      }
      return sendMedia(request, response, held);
    }
    const body = await whole(request);
    const [least, most] = String(request.headers['x-goog-content-length-range'] ?? '0,Infinity')
      .split(',')
      .map(Number);
    if (body.length < (least ?? 0) || body.length > (most ?? 0))
      return refuse(response, 400, 'EntityTooLarge');
    this.keep(response, name, body, request.headers['content-type']);
  }

  private keep(response: ServerResponse, name: string, bytes: Buffer, contentType: string | undefined): void {
    const held = { bytes, contentType, updated: new Date() };
    this.objects.set(name, held);
    sendJson(response, metadataOf(name, held));
  }
}

const API = /^((?:\/upload)?\/storage\/v1)\/b\/([^/]+)(?:\/o(\/.*)?)?$/;

async function whole(request: IncomingMessage): Promise<Buffer> {
  const body = await buffer(request);
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) !== body.length) throw new Error('It broke off');
  return body;
}

function metadataOf(name: string, { bytes, contentType, updated }: Held) {
  return {
    kind: 'storage#object',
    name,
    size: String(bytes.length),
    contentType,
    updated: updated.toISOString(),
  };
}

function sendMedia(request: IncomingMessage, response: ServerResponse, { bytes, contentType }: Held): void {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (first !== undefined && Number(first) >= bytes.length) {
    return refuse(response, 416, 'requestedRangeNotSatisfiable');
  }
  const part = bytes.subarray(
    Number(first ?? 0),
    last === undefined || last === '' ? undefined : Number(last) + 1,
  );
  if (contentType !== undefined && !response.hasHeader('content-type'))
    response.setHeader('content-type', contentType);
  response.writeHead(first === undefined ? 200 : 206, { 'Content-Length': part.length }).end(part);
}

function sendJson(response: ServerResponse, body: object): void {
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, reason: string, message = reason): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' })
    .end(JSON.stringify({ error: { code: status, message, errors: [{ reason, message }] } }));
}

function order(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
