import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { activeSpan, inSpan, type LiveSpan } from '../../telemetry/span.js';
import { mustBeAllowed, OutboundError, outboundLookup } from './outbound-addresses.js';

/** A server that is slower than this might as well be down. */
export const OUTBOUND_TIMEOUT_MS = 4_500;
const MOST_BYTES = 1_048_576;

export interface OutboundRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the answer; 1 MiB unless said. */
  readonly mostBytes?: number;
}

/**
 * A request to a server that is not ours: https, or http on this machine; never
 * to a metadata service, whatever a name resolves to (CVE-2026-35409); no
 * redirect is followed; 1 MiB at most unless said, in 4.5 s.
 *
 * @throws OutboundError.
 */
export async function outboundFetch(address: string, options: OutboundRequest = {}): Promise<Response> {
  try {
    const url = mustBeAllowed(new URL(address));
    return await inSpan(spanOf(url, options), (span) => exchange(url, options, span));
  } catch (error) {
    throw error instanceof OutboundError
      ? error
      : new OutboundError('The server gave no answer', { cause: error });
  }
}

/** Of the address only whose it is: its path and its query may be secret. */
function spanOf({ hostname, port, protocol }: URL, { method = 'GET' }: OutboundRequest) {
  const usual = protocol === 'https:' ? 443 : 80;
  const attributes = {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': port === '' ? usual : Number(port),
  };
  return { name: method, kind: 'client' as const, attributes };
}

async function exchange(url: URL, options: OutboundRequest, span?: LiveSpan): Promise<Response> {
  const traceparent = activeSpan()?.traceparent;
  const headers = { ...options.headers, ...(traceparent === undefined ? {} : { traceparent }) };
  const answer = await send(url, { ...options, headers });
  span?.set({ 'http.response.status_code': answer.statusCode ?? 0 });
  const body = await bodyOf(answer, options.mostBytes ?? MOST_BYTES);
  const told = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const status = answer.statusCode ?? 0;
  return new Response([204, 205, 304].includes(status) ? null : new Uint8Array(body), {
    status,
    headers: told,
  });
}

function send(url: URL, { method = 'GET', headers = {}, body }: OutboundRequest): Promise<IncomingMessage> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method,
      headers: { ...headers, ...length },
      agent: false,
      lookup: outboundLookup,
      signal: AbortSignal.timeout(OUTBOUND_TIMEOUT_MS),
    });
    request.on('response', resolve).on('error', reject).end(body);
  });
}

async function bodyOf(answer: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new OutboundError('The answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
