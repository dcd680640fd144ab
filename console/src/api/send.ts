import { ConnectionError, ProblemError } from '#sdk';
import { prompts } from '../session/prompts';
import { cloudkeep } from './client';
import { hasStatus } from './problem';

const TRIES = 3;
const PAUSE_MS = 1_000;

interface Sending {
  /** Told from 0 to 1; 1 is when all is sent and the answer awaited. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

interface Sent {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: FormData | Blob;
}

/** Posts a form with a file in it. @throws as `send`. */
export function sendForm<Answer>(path: string, body: FormData, sending: Sending): Promise<Answer> {
  // Should the answer to the first get lost, the second makes no second thing. Not `randomUUID`: plain http lacks it.
  const key = crypto.getRandomValues(new Uint32Array(4)).join('-');
  const headers = { 'idempotency-key': key };
  return send<Answer>({ method: 'POST', path, headers, body }, sending);
}

/** Puts bytes where others were, unless those are not the ones of this digest any more. @throws as `send`. */
export function sendContent<Answer>(
  path: string,
  body: Blob,
  sha256: string,
  sending: Sending,
): Promise<Answer> {
  const headers = { 'if-match': `"${sha256}"`, 'content-type': body.type || 'application/octet-stream' };
  return send<Answer>({ method: 'PUT', path, headers, body }, sending);
}

/**
 * Sends bytes, telling how far it is: which `fetch` does not. Again where the
 * connection broke, or the session has ended and somebody signs in.
 *
 * @throws ProblemError | ConnectionError, or the reason of the signal.
 */
async function send<Answer>(sent: Sent, sending: Sending): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    let share = 0;
    const onProgress = (now: number) => sending.onProgress((share = now));
    try {
      return await sendOnce<Answer>(sent, { ...sending, onProgress });
    } catch (error) {
      const isLost = error instanceof ConnectionError && attempt < TRIES;
      // What was put whole may be there: its second try would be told that somebody was faster.
      if (isLost && !(sent.method === 'PUT' && share === 1)) await pause(sending.signal);
      else if (!hasStatus(error, 401) || !(await prompts.ask('sign-in'))) throw error;
    }
  }
}

/** A moment, unless it is called off meanwhile. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function sendOnce<Answer>(
  { method, path, headers: given, body }: Sent,
  { onProgress, signal }: Sending,
): Promise<Answer> {
  signal.throwIfAborted();
  const headers = new Headers(given);
  await cloudkeep.credentials.authorize(headers, method);
  const request = new XMLHttpRequest();
  request.open(method, path);
  headers.forEach((value, name) => request.setRequestHeader(name, value));
  request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
  const stop = () => request.abort();
  signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      request.onload = () => resolve();
      request.onabort = () => reject(signal.reason as Error);
      request.onerror = () =>
        reject(new ConnectionError('unreachable', 'The connection broke while it was sent.'));
      request.send(body);
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const { status, responseText: text } = request;
  if (status >= 400) throw ProblemError.parse(status, text, request.getResponseHeader('retry-after'));
  return JSON.parse(text) as Answer;
}
