import { text } from 'node:stream/consumers';
import type { GcsLocation } from '../../../config/storage.js';
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
import { agentsOf, type Agents } from './agents.js';
import { CloudStore, type CloudSizes, type Download, type Page, type PartedBody } from './cloud-store.js';
import { GcsClient, type GcsRequest } from './gcs-client.js';
import { gcsError } from './gcs-faults.js';
import { uploadResumably } from './gcs-upload.js';
import { rangeHeader } from './http-range.js';
import { PART_BYTES } from './outgoing.js';
import { PATIENCE, type Patience } from './patience.js';
import { mostSeconds } from './signed-time.js';

/** Google sets no bounds that matter here; its parts are whole multiples of 256 KiB. */
const UNBOUNDED: Omit<CloudSizes, 'partBytes'> = { mostAtOnce: Infinity, mostParts: Infinity };

interface Metadata {
  readonly size?: string;
  readonly contentType?: string;
  readonly updated?: string;
}
interface Listed {
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
    private readonly partBytes: number = PART_BYTES,
  ) {
    super(patience, { ...UNBOUNDED, partBytes });
    this.agents = agentsOf(patience);
    this.client = new GcsClient(location, this.agents);
  }

  /** Google copies inside the store, what is large in several goes. */
  async copy(from: string, to: string): Promise<void> {
    for (const key of [from, to]) assertObjectKey(key);
    const path = `${this.at(from)}/rewriteTo/b/${encodeURIComponent(this.location.bucket)}/o/${encodeURIComponent(to)}`;
    let rewriteToken: string | undefined;
    for (let isDone = false; !isDone;) {
      const request: GcsRequest = { method: 'POST', path, query: { rewriteToken } };
      const answer = await this.ask(from, (signal) => this.client.json<Rewritten>(request, signal));
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

  protected override authorize(key: string, signal: AbortSignal): Promise<unknown> {
    return this.ask(key, () => this.client.authorize(), { signal });
  }

  protected async download(
    key: string,
    range: ByteRange | undefined,
    signal: AbortSignal,
  ): Promise<Download> {
    const headers = { Range: rangeHeader(range) };
    const request: GcsRequest = { method: 'GET', path: this.at(key), query: { alt: 'media' }, headers };
    const source = await this.client.send(request, signal);
    return { source, bytes: Number(source.headers['content-length'] ?? 0) };
  }

  protected async upload(
    key: string,
    body: Body,
    { contentType, size }: SetOptions & { readonly size: number },
    signal: AbortSignal,
  ): Promise<void> {
    const request: GcsRequest = {
      method: 'POST',
      path: this.client.uploadPath,
      query: { uploadType: 'media', name: key },
      headers: { 'Content-Type': contentType },
      body,
      size,
    };
    await text(await this.client.send(request, signal));
  }

  protected uploadParts(
    key: string,
    { parts }: PartedBody,
    { contentType }: SetOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const limits = { signal, bytes: this.partBytes };
    return uploadResumably(this.client, { name: key, contentType }, parts, (work) =>
      this.ask(key, work, limits),
    );
  }

  protected remove(key: string, signal: AbortSignal): Promise<unknown> {
    return this.client.json({ method: 'DELETE', path: this.at(key) }, signal);
  }

  protected async list(prefix: string, pageToken: string | undefined, signal: AbortSignal): Promise<Page> {
    const query = { prefix, pageToken, maxResults: '1000', fields: 'items(name),nextPageToken' };
    const request: GcsRequest = { method: 'GET', path: this.client.path('/o'), query };
    const { items = [], nextPageToken } = await this.client.json<Listed>(request, signal);
    return { names: items.map(({ name }) => name), next: nextPageToken };
  }

  protected async head(key: string, signal: AbortSignal): Promise<Omit<ObjectStat, 'key'>> {
    const query = { fields: 'size,contentType,updated' };
    const request: GcsRequest = { method: 'GET', path: this.at(key), query };
    const found = await this.client.json<Metadata>(request, signal);
    return {
      size: Number(found.size),
      contentType: found.contentType ?? null,
      modifiedAt: new Date(found.updated ?? 0),
    };
  }

  protected errorOf(error: unknown, key: string): unknown {
    return gcsError(error, this.location, key);
  }

  private at(key: string): string {
    return this.client.path(`/o/${encodeURIComponent(key)}`);
  }
}

/** Needs no more than the rights to objects, as against the bucket's metadata. */
const CHEAPEST_LIST = { maxResults: '1', fields: 'nextPageToken' };
