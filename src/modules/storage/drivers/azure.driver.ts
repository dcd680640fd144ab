import type { BlockBlobClient, BlockBlobUploadOptions, ContainerClient } from '@azure/storage-blob';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { AzureLocation } from '../../../config/storage.js';
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
import { containerOf, copyLarge, sasUrl } from './azure-client.js';
import { azureError, isContainerMissing } from './azure-faults.js';
import { blobNameOf, blobPrefixOf, keyOf } from './azure-names.js';
import { isProblem } from './cloud-fault.js';
import { CloudStore } from './cloud-store.js';
import { isEmptyRange } from './http-range.js';
import { receiveBody } from './incoming.js';
import { chained, handOn, PART_BYTES, partsOf, SMALL_BYTES } from './outgoing.js';
import { COPY_MS, millisecondsFor, PATIENCE, type Patience } from './patience.js';

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
    super(patience);
    this.agents = agentsOf(patience);
    this.container = containerOf(location, this.agents);
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<Readable> {
    const blob = this.at(key);
    if (isEmptyRange(range)) return this.refuseRange(key);
    const count = range?.end === undefined ? undefined : range.end - range.start + 1;
    const errorOf = this.errorsAt(key);
    const answer = await this.ask(
      key,
      (abortSignal) =>
        blob.download(range?.start ?? 0, count, { abortSignal, maxRetryRequests: RESUMPTIONS }),
      { signal },
    ).catch((error: unknown) => {
      if (isProblem(error, 'range_not_satisfiable')) return this.refuseRange(key);
      throw error;
    });
    const source = answer.readableStreamBody as Readable;
    const bytes = answer.contentLength ?? 0;
    const body = receiveBody(source, {
      store: this.title,
      bytes,
      idleMs: this.patience.idleMs,
      signal,
      errorOf,
    });
    // The client sends no header for a range from the first byte on.
    if (range === undefined || bytes > 0) return body;
    body.destroy();
    return this.refuseRange(key);
  }

  async set(key: string, body: Readable | Uint8Array, options: SetOptions = {}): Promise<void> {
    const blob = this.at(key);
    const { size, signal } = options;
    if (!(body instanceof Readable)) {
      if (size !== undefined && size !== body.length) throw StorageErrors.sizeMismatch(size, body.length);
      await this.put(key, Buffer.from(body), options, signal);
    } else if (size === undefined || size > this.sizes.mostAtOnce) {
      await this.setMultipart(key, body, options);
    } else {
      await this.sendBody(body, options, async ({ stream, signal: stop }) => {
        if (size <= SMALL_BYTES) return this.put(key, await buffer(stream), options, stop);
        await blob
          .upload(() => stream, size, { abortSignal: stop, ...headersOf(options) })
          .catch((error: unknown) => {
            throw this.errorsAt(key)(error);
          });
      });
    }
  }

  async setMultipart(key: string, body: Readable, options: SetOptions = {}): Promise<void> {
    const blob = this.at(key);
    const partBytes = Math.max(this.sizes.partBytes, Math.ceil((options.size ?? 0) / MOST_BLOCKS));
    await this.sendBody(body, options, async ({ stream, signal }) => {
      const parts = partsOf(stream, partBytes);
      const { value: first } = await parts.next();
      if (first === undefined || first.isLast) {
        return this.put(key, first?.bytes ?? Buffer.alloc(0), options, signal);
      }
      const blocks: string[] = [];
      // Blocks that are never committed can not be seen; Azure deletes them within a week.
      await handOn(chained(first, parts), stream, async ({ number, bytes }) => {
        const block = blockId(number);
        blocks.push(block);
        const stage = (abortSignal: AbortSignal) =>
          blob.stageBlock(block, bytes, bytes.length, { abortSignal });
        await this.ask(key, stage, { signal, extraMs: millisecondsFor(bytes.length) });
      });
      const commit = (abortSignal: AbortSignal) =>
        blob.commitBlockList(blocks, { abortSignal, ...headersOf(options) });
      await this.ask(key, commit, { signal });
    });
  }

  async delete(key: string): Promise<void> {
    const blob = this.at(key);
    await this.ask(key, (abortSignal) => blob.deleteIfExists({ abortSignal, deleteSnapshots: 'include' }));
  }

  async *keys(prefix = ''): AsyncIterable<string> {
    if (!canBeginKey(prefix)) return;
    let token: string | undefined;
    do {
      const page = await this.ask(prefix, (abortSignal) =>
        this.container
          .listBlobsFlat({ prefix: blobPrefixOf(prefix), abortSignal })
          .byPage({ maxPageSize: 1000, ...(token === undefined ? {} : { continuationToken: token }) })
          .next(),
      );
      if (page.done === true) return;
      for (const { name } of page.value.segment.blobItems) {
        const key = keyOf(name);
        if (key.startsWith(prefix)) yield key;
      }
      token = page.value.continuationToken;
    } while (token !== undefined && token !== '');
  }

  async stat(key: string): Promise<ObjectStat | null> {
    const blob = this.at(key);
    try {
      const found = await this.ask(key, (abortSignal) => blob.getProperties({ abortSignal }));
      return {
        key,
        size: found.contentLength ?? 0,
        contentType: found.contentType ?? null,
        modifiedAt: found.lastModified ?? new Date(0),
      };
    } catch (error) {
      if (isProblem(error, 'object_not_found')) return null;
      throw error;
    }
  }

  async copy(from: string, to: string): Promise<void> {
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

  private at(key: string): BlockBlobClient {
    assertObjectKey(key);
    return this.container.getBlockBlobClient(blobNameOf(key));
  }

  private async put(key: string, bytes: Buffer, options: SetOptions, signal?: AbortSignal): Promise<void> {
    await this.ask(
      key,
      (abortSignal) => this.at(key).upload(bytes, bytes.length, { abortSignal, ...headersOf(options) }),
      { signal, extraMs: millisecondsFor(bytes.length) },
    );
  }

  protected errorOf(error: unknown, key: string): unknown {
    return azureError(error, this.location, key);
  }
}

function headersOf({ contentType }: SetOptions): Pick<BlockBlobUploadOptions, 'blobHTTPHeaders'> {
  return contentType === undefined ? {} : { blobHTTPHeaders: { blobContentType: contentType } };
}

/** All of one blob have to be of one length. */
function blockId(number: number): string {
  return Buffer.from(String(number).padStart(8, '0')).toString('base64');
}
