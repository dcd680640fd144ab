import { setTimeout as delay } from 'node:timers/promises';
import { faultIn } from './cloud-fault.js';

/** How long a cloud is waited for, and how often it is asked. */
export interface Patience {
  /** Until a connection stands. */
  readonly connectMs: number;
  /** Without an answer, or without a byte while one is due. */
  readonly idleMs: number;
  /** Of what may be asked twice. */
  readonly attempts: number;
  /** Before the second attempt; doubled before each that follows. */
  readonly backoffMs: number;
}

export const PATIENCE: Patience = { connectMs: 5_000, idleMs: 30_000, attempts: 3, backoffMs: 200 };

/** For asking a store whether it is there: somebody waits for the answer. */
export function checking(patience: Patience): Patience {
  return { ...patience, attempts: 1, idleMs: Math.min(CHECK_MS, patience.idleMs) };
}
const CHECK_MS = 5_000;

/** For a store to copy what it has: Amazon and Google answer when they are done. */
export const COPY_MS = 600_000;

/** For bytes that are sent in one piece, by a line of half a megabit a second. */
export function millisecondsFor(bytes: number): number {
  return bytes / 64;
}

export interface Limits {
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
  /** What it may take beyond patience, for its size. */
  readonly extraMs?: number | undefined;
}

interface Effort extends Limits {
  readonly patience: Patience;
  /** Puts an error of the cloud's library into our words. */
  readonly errorOf: (error: unknown) => unknown;
}

/**
 * Does what may be done twice, again while its fault may pass, each time for as long
 * as patience lasts. `work` answers when the head of the answer is there: bodies are
 * watched by whoever reads them.
 */
export async function persist<T>(effort: Effort, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { patience, signal, errorOf, extraMs = 0 } = effort;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await inTime(patience.idleMs + extraMs, signal, work);
    } catch (error) {
      signal?.throwIfAborted();
      const ours = errorOf(error);
      if (attempt >= patience.attempts || faultIn(ours)?.isTransient !== true) throw ours;
    }
    await delay(patience.backoffMs * 2 ** (attempt - 1), undefined, signal === undefined ? {} : { signal });
  }
}

async function inTime<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const tooLate = Object.assign(new Error(`No answer within ${ms} ms`), { name: 'TimeoutError' });
  let late: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    late = setTimeout(() => {
      reject(tooLate);
      deadline.abort(tooLate);
    }, ms);
  });
  const either = signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal]);
  try {
    return await Promise.race([work(either), expired]);
  } finally {
    clearTimeout(late);
  }
}
