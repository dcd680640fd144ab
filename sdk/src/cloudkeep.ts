import { createApi, type Api } from './api.js';
import { anonymous, type Credentials } from './credentials.js';
import { exchangeAt } from './exchange.js';
import { pagesOf, type ItemOf, type ListPath, type PagesInit } from './pages.js';
import { logsOf, type SandboxLogsOptions } from './sandbox-logs.js';
import { followSession } from './sandbox-socket.js';
import type { SandboxEvent, SandboxSocket, SandboxSocketOptions } from './sandbox.js';
import { Transport, type Fetch } from './transport.js';
import { uploadTo, type UploadedFile, type UploadOptions } from './upload.js';
import type { UploadContent } from './upload-source.js';

const TIMEOUT_MS = 30_000;
const RETRIES = 3;
const LONGEST_WAIT_MS = 20_000;

export interface CloudkeepOptions<Given extends Credentials = Credentials> {
  /** Where the server is, such as `https://cloudkeep.example.com`; empty for a page's own. */
  readonly baseUrl: string;
  /** Nobody's, unless given. */
  readonly credentials?: Given;
  /** Instead of the platform's. */
  readonly fetch?: Fetch;
  /** Milliseconds within which an answer has to be there; 0 is for ever. Uploads have no limit. */
  readonly timeoutMs?: number;
  /** How often a call that may safely be repeated is, at most. */
  readonly retries?: number;
  /** `Retry-After` of more than these milliseconds is left to the caller. */
  readonly longestWaitMs?: number;
}

/** A server, as somebody calls it. */
export interface Cloudkeep<Given extends Credentials = Credentials> {
  readonly credentials: Given;
  readonly api: Api;
  /** Every item of a list, page after page as they are asked for. */
  readonly pages: <Path extends ListPath>(
    path: Path,
    ...options: PagesInit<Path>
  ) => AsyncGenerator<ItemOf<Path>, void, undefined>;
  /** Sends a file in pieces; what broke goes on where it was. */
  readonly upload: (content: UploadContent, options?: UploadOptions) => Promise<UploadedFile>;
  /** What happens in a sandbox session, each line once and in order, until it ends. */
  readonly sandboxLogs: (
    sessionId: string,
    options?: SandboxLogsOptions,
  ) => AsyncGenerator<SandboxEvent, void, undefined>;
  /** The same, told to whoever listens. */
  readonly sandboxSocket: (sessionId: string, options: SandboxSocketOptions) => SandboxSocket;
}

export function createCloudkeep<Given extends Credentials = Credentials>(
  options: CloudkeepOptions<Given>,
): Cloudkeep<Given> {
  const {
    // Without a credential of a type of its own there is nothing the caller could know it by.
    credentials = anonymous() as Given,
    fetch = (request) => globalThis.fetch(request),
    timeoutMs = TIMEOUT_MS,
    retries = RETRIES,
    longestWaitMs = LONGEST_WAIT_MS,
  } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const transport = new Transport({ fetch, credentials, retries, longestWaitMs });
  const api = createApi(baseUrl, transport, timeoutMs);
  credentials.attach?.(exchangeAt(baseUrl, fetch));
  return {
    credentials,
    api,
    pages: (path, ...given) => pagesOf(api, path, given[0]),
    upload: (content, given = {}) => uploadTo({ baseUrl, credentials, api, longestWaitMs }, content, given),
    sandboxLogs: (sessionId, given = {}) => logsOf({ baseUrl, credentials }, sessionId, given),
    sandboxSocket: (sessionId, given) => followSession({ baseUrl, credentials }, sessionId, given),
  };
}
