import type { ConnectionError, ProblemError } from './errors.js';
import type { SandboxEvent, SandboxSocketOptions } from './sandbox.js';
import { followSession, type SocketPlace } from './sandbox-socket.js';

export interface SandboxLogsOptions extends Pick<SandboxSocketOptions, 'since' | 'patienceMs'> {
  readonly signal?: AbortSignal;
}

interface End {
  hasCome: boolean;
  reason: ProblemError | ConnectionError | null;
}

/**
 * What happens in a session, until it ends.
 *
 * @throws ProblemError | ConnectionError, or the reason of the signal.
 */
export async function* logsOf(
  place: SocketPlace,
  sessionId: string,
  { signal, ...options }: SandboxLogsOptions,
): AsyncGenerator<SandboxEvent, void, undefined> {
  signal?.throwIfAborted();
  let come: SandboxEvent[] = [];
  const end: End = { hasCome: false, reason: null };
  let wake: () => void = () => undefined;
  const socket = followSession(place, sessionId, {
    ...options,
    onEvent: (event) => {
      come.push(event);
      wake();
    },
    onClose: (reason) => {
      Object.assign(end, { hasCome: true, reason });
      wake();
    },
  });
  const stop = () => socket.close();
  signal?.addEventListener('abort', stop);
  try {
    for (;;) {
      const batch = come;
      come = [];
      yield* batch;
      signal?.throwIfAborted();
      if (come.length > 0) continue;
      if (end.reason !== null) throw end.reason;
      if (end.hasCome) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    socket.close();
  }
}
