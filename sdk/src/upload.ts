import type {
  HttpRequest,
  HttpResponse,
  Upload,
  UploadOptions as TusOptions,
  UrlStorage,
} from 'tus-js-client';
import type { Api } from './api.js';
import type { Credentials } from './credentials.js';
import { ConnectionError } from './errors.js';
import type { components } from './schema.js';
import { watchedLine } from './upload-line.js';
import { sourceOf, type UploadContent } from './upload-source.js';
import { failureOf, UploadTalk } from './upload-talk.js';

const CHUNK_BYTES = 8 * 1024 * 1024;
/** tus-js-client begins these anew whenever some bytes have got through. */
const RETRY_DELAYS_MS = [100, 500, 1_500, 4_000, 8_000];
const STALL_MS = 120_000;

export type UploadedFile = components['schemas']['FileDto'];

export interface UploadProgress {
  /** Bytes that were sent; after a break it may go back to what had arrived. */
  readonly sent: number;
  readonly total: number;
}

export interface UploadOptions {
  /** That of the File unless given; needed for anything else. */
  readonly name?: string;
  /** What the server is to assume where the bytes do not tell. */
  readonly type?: string;
  /** Bytes; needed of a stream. */
  readonly size?: number;
  readonly collection?: string;
  readonly resource_type?: string;
  readonly resource_id?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Stops it; what has arrived stays for a resumption. */
  readonly signal?: AbortSignal;
  /**
   * Where the addresses of begun uploads are kept, so that the same upload goes on after a
   * reload or restart: `localStorage` in browsers, nowhere in Node unless given.
   */
  readonly storage?: UrlStorage;
  /** What makes it the same upload; of a File its name, size and time unless given, of anything else nothing. */
  readonly fingerprint?: string;
  /** Bytes of a request; more need more memory, fewer cost more round trips. */
  readonly chunkSize?: number;
}

interface UploadPlace {
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly api: Api;
  readonly longestWaitMs: number;
}

/**
 * Sends a file in pieces (tus 1.0): what broke goes on where it was.
 *
 * @throws ProblemError | ConnectionError, or the reason of the signal.
 */
export async function uploadTo(
  place: UploadPlace,
  content: UploadContent,
  options: UploadOptions,
): Promise<UploadedFile> {
  const { Upload, defaultOptions } = await import('tus-js-client');
  const talk = new UploadTalk(place, options.signal);
  const settings = settingsOf(place, content, options);
  const source = sourceOf(content, settings.uploadSize);
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- necessary where streams have only a browser's types
  const upload = new Upload(content as Blob, {
    ...settings,
    fileReader: { openFile: () => Promise.resolve(source) },
    httpStack: watchedLine(defaultOptions.httpStack),
    urlStorage: options.storage ?? defaultOptions.urlStorage,
    onBeforeRequest: (request: HttpRequest) => talk.before(request),
    onAfterResponse: (request: HttpRequest, response: HttpResponse) => talk.after(request, response),
    onShouldRetry: ({ causingError }) => talk.shouldRetry(causingError),
  });
  try {
    if (settings.storeFingerprintForResuming) {
      const [begun] = await upload.findPreviousUploads();
      if (begun !== undefined) upload.resumeFromPreviousUpload(begun);
    }
    options.signal?.throwIfAborted();
    const id = await run(upload, settings.endpoint, options);
    const { data } = await place.api.GET('/api/v1/files/{id}', {
      params: { path: { id } },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return data;
  } finally {
    source.close();
  }
}

function settingsOf({ baseUrl }: UploadPlace, content: UploadContent, options: UploadOptions) {
  const size = content instanceof Blob ? content.size : options.size;
  if (size === undefined) throw new TypeError('The size of a stream has to be given.');
  const endpoint = `${baseUrl}/api/v1/files/tus`;
  const metadata = metadataOf(content, options);
  const mark = options.fingerprint ?? markOf(content);
  return {
    endpoint,
    metadata,
    uploadSize: size,
    chunkSize: options.chunkSize ?? CHUNK_BYTES,
    retryDelays: RETRY_DELAYS_MS,
    storeFingerprintForResuming: mark !== null,
    removeFingerprintOnSuccess: true,
    fingerprint: () => Promise.resolve(JSON.stringify([endpoint, mark, size, metadata])),
  } satisfies TusOptions;
}

function metadataOf(content: UploadContent, options: UploadOptions): Record<string, string> {
  const { collection, resource_type, resource_id, metadata } = options;
  const name = options.name ?? (content as Partial<File>).name;
  if (name === undefined) throw new TypeError('The name of what is no File has to be given.');
  const type = options.type ?? (content instanceof Blob ? content.type : '');
  const fields = {
    filename: name,
    filetype: type === '' ? undefined : type,
    collection,
    resource_type,
    resource_id,
    metadata: metadata === undefined ? undefined : JSON.stringify(metadata),
  };
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Other content of the same size and type must not be taken for it. */
function markOf(content: UploadContent): string | null {
  const { name, lastModified } = content as Partial<File>;
  return name === undefined || lastModified === undefined ? null : `${name} ${lastModified}`;
}

/** @returns the id of the file. */
async function run(upload: Upload, endpoint: string, options: UploadOptions): Promise<string> {
  const { signal, onProgress } = options;
  const ending = new AbortController();
  const stall = new StallTimer(ending);
  const stop = () => ending.abort(signal?.reason);
  signal?.addEventListener('abort', stop);
  try {
    return await new Promise<string>((resolve, reject) => {
      ending.signal.addEventListener('abort', () => reject(ending.signal.reason as Error));
      upload.options.onProgress = (sent, total) => {
        stall.reset();
        onProgress?.({ sent, total });
      };
      upload.options.onUploadUrlAvailable = () => {
        // The server may know itself by another name than we do: through a proxy, say.
        upload.url = `${endpoint}/${upload.url?.split('/').at(-1) ?? ''}`;
      };
      upload.options.onSuccess = ({ lastResponse }) => resolve(lastResponse.getHeader('X-File-Id') ?? '');
      upload.options.onError = (error) => reject(failureOf(error));
      stall.reset();
      upload.start();
    });
  } catch (error) {
    void upload.abort();
    throw error;
  } finally {
    stall.end();
    signal?.removeEventListener('abort', stop);
  }
}

/** Ends what has not moved for too long. */
class StallTimer {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isOver = false;

  constructor(private readonly ending: AbortController) {}

  /** Requests that were stopped may still tell of progress. */
  reset(): void {
    if (this.isOver) return;
    clearTimeout(this.timer);
    const reason = new ConnectionError('timed_out', `No byte got through for ${STALL_MS} ms.`);
    this.timer = setTimeout(() => this.ending.abort(reason), STALL_MS);
  }

  end(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }
}
