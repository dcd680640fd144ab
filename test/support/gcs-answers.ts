import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** How Google Cloud Storage answers. */

export interface Held {
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
  readonly updated: Date;
}
export async function whole(request: IncomingMessage): Promise<Buffer> {
  const body = await buffer(request);
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) !== body.length) throw new Error('It broke off');
  return body;
}

export function metadataOf(name: string, { bytes, contentType, updated }: Held) {
  return {
    kind: 'storage#object',
    name,
    size: String(bytes.length),
    contentType,
    updated: updated.toISOString(),
  };
}

export function sendMedia(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, contentType }: Held,
): ServerResponse {
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
  return response.writeHead(first === undefined ? 200 : 206, { 'Content-Length': part.length }).end(part);
}

export function sendJson(response: ServerResponse, body: object): void {
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
}

export function refuse(
  response: ServerResponse,
  status: number,
  reason: string,
  message = reason,
): ServerResponse {
  return response
    .writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' })
    .end(JSON.stringify({ error: { code: status, message, errors: [{ reason, message }] } }));
}

export function order(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
