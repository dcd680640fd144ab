import { Storage } from '@google-cloud/storage';
import { readFileSync } from 'node:fs';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { GcsLocation } from '../../../config/storage.js';
import type { Agents } from './agents.js';
import { unavailable } from './cloud-fault.js';
import { refusalOf } from './gcs-faults.js';

const GOOGLE = 'https://storage.googleapis.com';
/** A resumable upload asks for more. */
const GO_ON = 308;

export interface GcsRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Readable | Uint8Array;
  /** In bytes, of the body. */
  readonly size?: number;
}

/**
 * The JSON API (https://cloud.google.com/storage/docs/json_api) over our own connections:
 * credentials and signatures are the library's, but its streams can be neither
 * given up nor timed.
 */
export class GcsClient {
  readonly endpoint: string;
  readonly storage: Storage;

  constructor(
    private readonly location: GcsLocation,
    private readonly agents: Agents,
  ) {
    this.endpoint = (location.endpoint ?? GOOGLE).replace(/\/+$/, '');
    this.storage = storageOf(location, this.endpoint);
  }

  /** Names who asks; fetches a token where the credentials are none by themselves. */
  async authorize(): Promise<Readonly<Record<string, string>>> {
    const headers = await this.storage.authClient.getRequestHeaders(this.endpoint);
    return { Authorization: headers.Authorization ?? '' };
  }

  /**
   * The head of the answer; its body is still to be read.
   *
   * @throws GcsRefusal where it is one.
   */
  async send(request: GcsRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const authorization = await this.authorize();
    signal.throwIfAborted();
    const answer = await this.exchange(request, authorization, signal);
    const status = answer.statusCode ?? 0;
    if (status < 300 || status === GO_ON) return answer;
    throw refusalOf(status, await text(answer));
  }

  /** The body of the answer, which is JSON or nothing. */
  async json<T>(request: GcsRequest, signal: AbortSignal): Promise<T> {
    const body = await text(await this.send(request, signal));
    return (body === '' ? {} : JSON.parse(body)) as T;
  }

  /** Below the bucket. */
  path(rest = ''): string {
    return `/storage/v1/b/${encodeURIComponent(this.location.bucket)}${rest}`;
  }

  get uploadPath(): string {
    return `/upload${this.path('/o')}`;
  }

  private exchange(
    { method, path, query = {}, headers = {}, body, size }: GcsRequest,
    authorization: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const url = new URL(path.startsWith('/') ? this.endpoint + path : path);
    for (const [name, value] of given(query)) url.searchParams.set(name, value);
    const isSecure = url.protocol === 'https:';
    const length = body === undefined ? 0 : body instanceof Readable ? size : body.length;
    return new Promise((resolve, reject) => {
      const request = (isSecure ? requestHttps : requestHttp)(url, {
        method,
        headers: {
          ...authorization,
          ...Object.fromEntries(given(headers)),
          ...(method === 'GET' || length === undefined ? {} : { 'Content-Length': length }),
        },
        agent: isSecure ? this.agents.https : this.agents.http,
        signal,
      });
      request.once('response', resolve).once('error', reject);
      if (body instanceof Readable) body.pipe(request);
      else request.end(body);
    });
  }
}

function given(values: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
}

function storageOf({ projectId, credentialsPath }: GcsLocation, apiEndpoint: string): Storage {
  if (credentialsPath !== null) mustBeKeyFile(credentialsPath);
  const storage = new Storage({
    apiEndpoint,
    useAuthWithCustomEndpoint: true,
    ...(projectId === null ? {} : { projectId }),
    ...(credentialsPath === null ? {} : { keyFilename: credentialsPath }),
  });
  // A key signs its own tokens (https://google.aip.dev/auth/4111): no server is asked for one.
  storage.authClient.useJWTAccessWithScope = true;
  return storage;
}

/** The library would tell only when something is first stored. */
function mustBeKeyFile(path: string): void {
  const fault = (what: string) => unavailable('credentials', `GCS_CREDENTIALS_PATH ${path} ${what}`);
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw fault(`can not be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
  let key: unknown;
  try {
    key = JSON.parse(content);
  } catch {
    throw fault('is not JSON: download the key of a service account again');
  }
  const { type, client_email, private_key } = (key ?? {}) as Record<string, unknown>;
  if (typeof type !== 'string') throw fault('is no key file: it names no type');
  if (type !== 'service_account') return;
  if (typeof client_email !== 'string' || typeof private_key !== 'string') {
    throw fault('is no whole key: it lacks client_email or private_key');
  }
}
