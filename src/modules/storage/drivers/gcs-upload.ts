import { text } from 'node:stream/consumers';
import type { GcsClient } from './gcs-client.js';
import type { Part } from './outgoing.js';

/** Asks again what may be asked twice. */
export type Ask = <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

interface Target {
  readonly name: string;
  readonly contentType: string | undefined;
}

/**
 * A resumable upload, a part at a time: nothing of it can be seen until the last one is
 * there. https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
export async function uploadResumably(
  client: GcsClient,
  { name, contentType }: Target,
  parts: AsyncIterable<Part>,
  ask: Ask,
): Promise<void> {
  const session = await ask(async (signal) => {
    const answer = await client.send(
      {
        method: 'POST',
        path: client.uploadPath,
        query: { uploadType: 'resumable', name },
        headers: { 'X-Upload-Content-Type': contentType, 'Content-Type': 'application/json' },
        body: Buffer.from('{}'),
      },
      signal,
    );
    await text(answer);
    return answer.headers.location ?? '';
  });
  try {
    let at = 0;
    for await (const { bytes, isLast } of parts) {
      await putPart(client, session, { at, bytes, isLast }, ask);
      at += bytes.length;
    }
  } catch (error) {
    await cancel(client, session);
    throw error;
  }
}

interface Piece {
  readonly at: number;
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** Sends a part, and after a fault what of it did not arrive. */
async function putPart(
  client: GcsClient,
  path: string,
  { at, bytes, isLast }: Piece,
  ask: Ask,
): Promise<void> {
  const end = at + bytes.length;
  const whole = isLast ? String(end) : '*';
  let arrived = at;
  let isFirst = true;
  await ask(async (signal) => {
    if (!isFirst) {
      const kept = await keptBytes(client, path, whole, signal);
      if (kept === null) return;
      arrived = Math.max(at, kept);
    }
    isFirst = false;
    while (arrived < end) {
      const body = bytes.subarray(arrived - at);
      const headers = { 'Content-Range': `bytes ${arrived}-${end - 1}/${whole}` };
      const answer = await client.send({ method: 'PUT', path, headers, body }, signal);
      await text(answer);
      if (answer.statusCode !== 308) return;
      arrived = nextByte(answer.headers.range);
    }
  });
}

/** How far the upload has come; null when it is complete. */
async function keptBytes(
  client: GcsClient,
  path: string,
  whole: string,
  signal: AbortSignal,
): Promise<number | null> {
  const headers = { 'Content-Range': `bytes */${whole}` };
  const answer = await client.send({ method: 'PUT', path, headers }, signal);
  await text(answer);
  return answer.statusCode === 308 ? nextByte(answer.headers.range) : null;
}

function nextByte(range: string | undefined): number {
  const [, last] = /^bytes=0-(\d+)$/.exec(range ?? '') ?? [];
  return last === undefined ? 0 : Number(last) + 1;
}

/** Google answers 499; what is not cancelled is gone after a week. */
async function cancel(client: GcsClient, path: string): Promise<void> {
  await client
    .send({ method: 'DELETE', path }, AbortSignal.timeout(CANCEL_MS))
    .then(text, () => undefined)
    .catch(() => undefined);
}

const CANCEL_MS = 5_000;
