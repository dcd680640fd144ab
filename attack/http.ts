import { request as overHttp, type IncomingHttpHeaders } from 'node:http';
import { request as overHttps } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

const PATIENCE_MS = 30_000;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The lines of `Set-Cookie`. */
  readonly cookies: readonly string[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a stranger's server says
  readonly body: any;
  readonly text: string;
}

export interface Call {
  /** As `Authorization: Bearer`. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless it is text or bytes, which go out as they are. */
  readonly body?: unknown;
}

/** One request as it is told, redirects not followed. */
export function send(url: URL, method: string, { token, headers = {}, body }: Call = {}): Promise<Answer> {
  const bytes = bytesOf(body);
  const sent: Record<string, string> = {
    ...(bytes === null ? {} : { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  };
  const begin = url.protocol === 'https:' ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const request = begin(url, { method, headers: sent, timeout: PATIENCE_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, cookies: headers['set-cookie'] ?? [], body: parsed(text), text });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`No answer from ${url.origin} in 30 s`)));
    request.on('error', reject);
    request.end(bytes ?? undefined);
  });
}

/** Sends these very bytes; what the server said until it hung up, or had nothing more to say. */
export function sendBytes(url: URL, bytes: string | Buffer): Promise<string> {
  const isTls = url.protocol === 'https:';
  const port = Number(url.port || (isTls ? 443 : 80));
  return new Promise((resolve) => {
    const host = url.hostname.replaceAll(/[[\]]/g, '');
    const socket = isTls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
    let heard = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk));
    // A server may well answer such bytes by hanging up.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.end(bytes);
  });
}

function bytesOf(body: unknown): Buffer | null {
  if (body === undefined) return null;
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(JSON.stringify(body));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
