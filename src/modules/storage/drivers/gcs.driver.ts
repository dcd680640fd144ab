import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type { GcsLocation } from '../../../config/storage.js';
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
import { agentsOf, type Agents } from './agents.js';
import { isProblem } from './cloud-fault.js';
import { CloudStore } from './cloud-store.js';
import { GcsClient, type GcsRequest } from './gcs-client.js';
import { gcsError } from './gcs-faults.js';
import { uploadResumably } from './gcs-upload.js';
import { isEmptyRange, rangeHeader } from './http-range.js';
import { receiveBody } from './incoming.js';
import { chained, PART_BYTES, partsOf, SMALL_BYTES } from './outgoing.js';
import { COPY_MS, millisecondsFor, PATIENCE, type Patience } from './patience.js';
import { mostSeconds } from './signed-time.js';

interface Metadata {
  readonly size?: string;
  readonly contentType?: string;
  readonly updated?: string;
}
interface Page {
  readonly items?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
}
interface Rewritten {
  readonly done: boolean;
  readonly rewriteToken?: string;
}

/** Objects in a bucket of Google Cloud Storage. */
export class GcsStore extends CloudStore {
  readonly backend = 'gcs';
  protected readonly title = 'Google Cloud Storage';
  private readonly agents: Agents;
  private readonly client: GcsClient;

  constructor(
    private readonly location: GcsLocation,
    patience: Patience = PATIENCE,
    private readonly partBytes = PART_BYTES,
  ) {
    super(patience);
    this.agents = agentsOf(patience);
    this.client = new GcsClient(location, this.agents);
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<Readable> {
    const path = this.at(key);
    if (isEmptyRange(range)) return this.refuseRange(key);
    const headers = { Range: rangeHeader(range) };
    const request: GcsRequest = { method: 'GET', path, query: { alt: 'media' }, headers };
    try {
      const source = await this.ask(key, (live) => this.client.send(request, live), { signal });
      return receiveBody(source, {
        store: this.title,
        bytes: Number(source.headers['content-length'] ?? 0),
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
    } else if (size === undefined) {
      await this.setMultipart(key, body, options);
    } else {
      await this.sendBody(body, options, async ({ stream, signal: stop }) => {
        if (size <= SMALL_BYTES) return this.put(key, await buffer(stream), options, stop);
        await this.ask(key, () => this.client.authorize(), { signal: stop });
        await this.upload(key, stream, options, stop).catch((error: unknown) => {
          throw this.errorsAt(key)(error);
        });
      });
    }
  }

  async setMultipart(key: string, body: Readable, options: SetOptions = {}): Promise<void> {
    assertObjectKey(key);
    await this.sendBody(body, options, async ({ stream, signal }) => {
      const parts = partsOf(stream, this.partBytes);
      const { value: first } = await parts.next();
      if (first === undefined || first.isLast) {
        return this.put(key, first?.bytes ?? Buffer.alloc(0), options, signal);
      }
      const target = { name: key, contentType: options.contentType };
      await uploadResumably(this.client, target, chained(first, parts), (work) =>
        this.ask(key, work, { signal, extraMs: millisecondsFor(this.partBytes) }),
      );
    });
  }

  async delete(key: string): Promise<void> {
    const path = this.at(key);
    await this.ask(key, (signal) => this.client.json({ method: 'DELETE', path }, signal)).catch(
      (error: unknown) => {
        if (!isProblem(error, 'object_not_found')) throw error;
      },
    );
  }

  async *keys(prefix = ''): AsyncIterable<string> {
    if (!canBeginKey(prefix)) return;
    let pageToken: string | undefined;
    do {
      const query = { prefix, pageToken, maxResults: '1000', fields: 'items(name),nextPageToken' };
      const request: GcsRequest = { method: 'GET', path: this.client.path('/o'), query };
      const page = await this.ask(prefix, (signal) => this.client.json<Page>(request, signal));
      for (const { name } of page.items ?? []) yield name;
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
  }

  async stat(key: string): Promise<ObjectStat | null> {
    const request: GcsRequest = {
      method: 'GET',
      path: this.at(key),
      query: { fields: 'size,contentType,updated' },
    };
    try {
      const found = await this.ask(key, (signal) => this.client.json<Metadata>(request, signal));
      return {
        key,
        size: Number(found.size),
        contentType: found.contentType ?? null,
        modifiedAt: new Date(found.updated ?? 0),
      };
    } catch (error) {
      if (isProblem(error, 'object_not_found')) return null;
      throw error;
    }
  }

  /** Google copies inside the store, what is large in several goes. */
  async copy(from: string, to: string): Promise<void> {
    assertObjectKey(to);
    const path = `${this.at(from)}/rewriteTo/b/${encodeURIComponent(this.location.bucket)}/o/${encodeURIComponent(to)}`;
    let rewriteToken: string | undefined;
    for (let isDone = false; !isDone;) {
      const request: GcsRequest = { method: 'POST', path, query: { rewriteToken } };
      const answer = await this.ask(from, (signal) => this.client.json<Rewritten>(request, signal), {
        extraMs: COPY_MS,
      });
      isDone = answer.done;
      rewriteToken = answer.rewriteToken;
    }
  }

  async signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest> {
    assertObjectKey(key);
    const { contentType, size, disposition, responseContentType } = options;
    const expiresAt = new Date(Date.now() + mostSeconds(options.expiresInSeconds) * 1000);
    const range = size === undefined ? {} : { 'x-goog-content-length-range': `${size},${size}` };
    const answer = {
      ...(disposition === undefined ? {} : { responseDisposition: disposition }),
      ...(responseContentType === undefined ? {} : { responseType: responseContentType }),
    };
    const upload = { ...(contentType === undefined ? {} : { contentType }), extensionHeaders: range };
    const file = this.client.storage.bucket(this.location.bucket).file(key);
    const [url] = await this.ask(key, () =>
      file.getSignedUrl({
        version: 'v4',
        action: verb === 'GET' ? 'read' : 'write',
        expires: expiresAt,
        ...(verb === 'GET' ? answer : upload),
      }),
    );
    const type = contentType === undefined ? {} : { 'Content-Type': contentType };
    return { method: verb, url, headers: verb === 'GET' ? {} : { ...type, ...range }, expiresAt };
  }

  async check(): Promise<void> {
    const request: GcsRequest = { method: 'GET', path: this.client.path('/o'), query: CHEAPEST_LIST };
    await this.askOnce((signal) => this.client.json(request, signal));
  }

  close(): Promise<void> {
    this.agents.http.destroy();
    this.agents.https.destroy();
    return Promise.resolve();
  }

  private at(key: string): string {
    assertObjectKey(key);
    return this.client.path(`/o/${encodeURIComponent(key)}`);
  }

  private async put(
    key: string,
    bytes: Uint8Array,
    options: SetOptions,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.ask(key, (live) => this.upload(key, bytes, { ...options, size: bytes.length }, live), {
      signal,
      extraMs: millisecondsFor(bytes.length),
    });
  }

  private async upload(
    key: string,
    body: Readable | Uint8Array,
    { contentType, size }: SetOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const query = { uploadType: 'media', name: key };
    const request = {
      query,
      headers: { 'Content-Type': contentType },
      body,
      ...(size === undefined ? {} : { size }),
    };
    await text(await this.client.send({ method: 'POST', path: this.client.uploadPath, ...request }, signal));
  }

  protected errorOf(error: unknown, key: string): unknown {
    return gcsError(error, this.location, key);
  }
}

/** Needs no more than the rights to objects, as against the bucket's metadata. */
const CHEAPEST_LIST = { maxResults: '1', fields: 'nextPageToken' };
