import { addAbortSignal, Readable } from 'node:stream';

export type Body = Readable | Uint8Array;

/**
 * Lets `write` have a body, and sees to it that the body is let go of however that
 * ends. To be called at once: a body that fails before anybody listens to it ends the process.
 */
export async function withBody<T>(
  body: Body,
  signal: AbortSignal | undefined,
  write: () => Promise<T>,
): Promise<T> {
  if (body instanceof Readable) {
    body.on('error', () => undefined);
    if (signal !== undefined) addAbortSignal(signal, body);
  }
  try {
    signal?.throwIfAborted();
    return await write();
  } finally {
    if (body instanceof Readable) body.destroy();
  }
}
