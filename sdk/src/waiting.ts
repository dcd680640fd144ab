import { randomFraction } from './platform.js';

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/** @throws the reason of the signal, as soon as it is given. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** How long to wait before the next attempt: twice as long each time, anything up to it, so that many do not come at once. */
export function backoffMs(attempt: number): number {
  return randomFraction() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
}
