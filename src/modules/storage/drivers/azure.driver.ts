import type { BlockBlobClient, BlockBlobUploadOptions, ContainerClient } from '@azure/storage-blob';
import type { Readable } from 'node:stream';
import type { AzureLocation } from '../../../config/storage.js';
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
import { agentsOf, type Agents } from './agents.js';
import { containerOf, copyLarge, sasUrl } from './azure-client.js';
import { azureError, isContainerMissing } from './azure-faults.js';
import { blobNameOf, blobPrefixOf, keyOf } from './azure-names.js';
import { CloudStore, type Download, type Page, type PartedBody } from './cloud-store.js';
import { handOn, PART_BYTES } from './outgoing.js';
import { COPY_MS, PATIENCE, type Patience } from './patience.js';

const MIB = 1_048_576;
/** How often a download that was cut goes on where it was. */
const RESUMPTIONS = 2;
/** How long Azure may read what it copies. */
const COPY_SECONDS = 3600;
/** Of one blob: https://learn.microsoft.com/azure/storage/blobs/scalability-targets */
const MOST_BLOCKS = 50_000;

interface AzureSizes {
  readonly partBytes: number;
  /** What Azure takes in one request. */
  readonly mostAtOnce: number;
  /** What it copies while one waits. */
  readonly mostCopied: number;
}
const SIZES: AzureSizes = { partBytes: PART_BYTES, mostAtOnce: 5000 * MIB, mostCopied: 256 * MIB };

/** Objects in a container of Azure Blob Storage, as block blobs. */
export class AzureStore extends CloudStore {
  readonly backend = 'azure';
  protected readonly title = 'Azure';
  private readonly agents: Agents;
  private readonly container: ContainerClient;

  constructor(
    private readonly location: AzureLocation,
    patience: Patience = PATIENCE,
    private readonly sizes: AzureSizes = SIZES,
  ) {
    super(patience, { ...sizes, mostParts: MOST_BLOCKS });
    this.agents = agentsOf(patience);
    this.container = containerOf(location, this.agents);
  }

  async copy(from: string, to: string): Promise<void> {
    for (const key of [from, to]) assertObjectKey(key);
    const [source, target] = [this.at(from), this.at(to)];
    const found = await this.stat(from);
    if (found === null) throw StorageErrors.objectNotFound(from);
    if (from === to) return;
    if (found.size <= this.sizes.mostCopied) {
      const url = (await sasUrl(source, 'r', COPY_SECONDS)) ?? source.url;
      await this.ask(from, (abortSignal) => target.syncCopyFromURL(url, { abortSignal }), {
        extraMs: COPY_MS,
      });
      return;
    }
    await copyLarge(source, target).catch((error: unknown) => {
      throw this.errorOf(error, to);
    });
  }

  async signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest | null> {
    assertObjectKey(key);
    const blob = this.at(key);
    const { expiresInSeconds, contentType } = options;
    const expiresAt = new Date(Date.now() + expiresInSeconds * 1000);
    if (verb === 'GET') {
      const url = await sasUrl(blob, 'r', expiresInSeconds, options);
      return url === null ? null : { method: 'GET', url, headers: {}, expiresAt };
    }
    const url = await sasUrl(blob, 'cw', expiresInSeconds);
    const type = contentType === undefined ? {} : { 'Content-Type': contentType };
    const headers = { 'x-ms-blob-type': 'BlockBlob', ...type };
    return url === null ? null : { method: 'PUT', url, headers, expiresAt };
  }

  async check(): Promise<void> {
    await this.askOnce(async (abortSignal) => {
      try {
        await this.container.getProperties({ abortSignal });
      } catch (error) {
        if (!isContainerMissing(error)) throw error;
        await this.container.createIfNotExists({ abortSignal });
      }
    });
  }

  close(): Promise<void> {
    this.agents.http.destroy();
    this.agents.https.destroy();
    return Promise.resolve();
  }

  protected async download(
    key: string,
    range: ByteRange | undefined,
    abortSignal: AbortSignal,
  ): Promise<Download> {
    const count = range?.end === undefined ? undefined : range.end - range.start + 1;
    const how = { abortSignal, maxRetryRequests: RESUMPTIONS };
    const answer = await this.at(key).download(range?.start ?? 0, count, how);
    return { source: answer.readableStreamBody as Readable, bytes: answer.contentLength ?? 0 };
  }

  protected async upload(
    key: string,
    body: Body,
    options: SetOptions & { readonly size: number },
    abortSignal: AbortSignal,
  ): Promise<void> {
    const content = body instanceof Uint8Array ? Buffer.from(body) : () => body;
    await this.at(key).upload(content, options.size, { abortSignal, ...headersOf(options) });
  }

  /** Blocks that are never committed can not be seen; Azure deletes them within a week. */
  protected async uploadParts(
    key: string,
    { parts, stream }: PartedBody,
    options: SetOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const blob = this.at(key);
    const blocks: string[] = [];
    await handOn(parts, stream, async ({ number, bytes }) => {
      const block = blockId(number);
      blocks.push(block);
      const stage = (abortSignal: AbortSignal) =>
        blob.stageBlock(block, bytes, bytes.length, { abortSignal });
      await this.ask(key, stage, { signal, bytes: bytes.length });
    });
    const commit = (abortSignal: AbortSignal) =>
      blob.commitBlockList(blocks, { abortSignal, ...headersOf(options) });
    await this.ask(key, commit, { signal });
  }

  protected remove(key: string, abortSignal: AbortSignal): Promise<unknown> {
    return this.at(key).deleteIfExists({ abortSignal, deleteSnapshots: 'include' });
  }

  protected async list(
    prefix: string,
    continuationToken: string | undefined,
    abortSignal: AbortSignal,
  ): Promise<Page> {
    const page = await this.container
      .listBlobsFlat({ prefix: blobPrefixOf(prefix), abortSignal })
      .byPage({ maxPageSize: 1000, ...(continuationToken === undefined ? {} : { continuationToken }) })
      .next();
    if (page.done === true) return { names: [], next: undefined };
    const { segment, continuationToken: next } = page.value;
    return {
      names: segment.blobItems.map(({ name }) => keyOf(name)).filter((key) => key.startsWith(prefix)),
      next: next === '' ? undefined : next,
    };
  }

  protected async head(key: string, abortSignal: AbortSignal): Promise<Omit<ObjectStat, 'key'>> {
    const found = await this.at(key).getProperties({ abortSignal });
    return {
      size: found.contentLength ?? 0,
      contentType: found.contentType ?? null,
      modifiedAt: found.lastModified ?? new Date(0),
    };
  }

  protected errorOf(error: unknown, key: string): unknown {
    return azureError(error, this.location, key);
  }

  private at(key: string): BlockBlobClient {
    return this.container.getBlockBlobClient(blobNameOf(key));
  }
}

function headersOf({ contentType }: SetOptions): Pick<BlockBlobUploadOptions, 'blobHTTPHeaders'> {
  return contentType === undefined ? {} : { blobHTTPHeaders: { blobContentType: contentType } };
}

/** All of one blob have to be of one length. */
function blockId(number: number): string {
  return Buffer.from(String(number).padStart(8, '0')).toString('base64');
}
