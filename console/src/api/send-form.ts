import { ConnectionError, ProblemError } from '#sdk';
import { prompts } from '../session/prompts';
import { cloudkeep } from './client';

interface Sending {
  /** Told from 0 to 1; 1 is when all is sent and the answer awaited. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Posts a form with a file in it, telling how far it is: which `fetch` does not.
 *
 * @throws ProblemError | ConnectionError, or the reason of the signal.
 */
export async function sendForm<Answer>(path: string, form: FormData, sending: Sending): Promise<Answer> {
  // Should the answer to the first get lost, or a sign-in be needed, the second makes no second thing.
  const key = crypto.randomUUID();
  try {
    return await sendOnce<Answer>(path, form, key, sending);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 401) throw error;
    if (!(await prompts.ask('sign-in'))) throw error;
    return sendOnce<Answer>(path, form, key, sending);
  }
}

async function sendOnce<Answer>(path: string, form: FormData, key: string, { onProgress, signal }: Sending) {
  signal.throwIfAborted();
  const headers = new Headers({ 'idempotency-key': key });
  await cloudkeep.credentials.authorize(headers, 'POST');
  const request = new XMLHttpRequest();
  request.open('POST', path);
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
      request.send(form);
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const { status, responseText: text } = request;
  if (status >= 400) throw ProblemError.parse(status, text, request.getResponseHeader('retry-after'));
  return JSON.parse(text) as Answer;
}
