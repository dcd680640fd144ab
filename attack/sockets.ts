import { io, type Socket } from 'socket.io-client';

const PATIENCE_MS = 10_000;

export interface SocketAuth {
  readonly token?: string;
  readonly session_id?: unknown;
  readonly last_seq?: unknown;
}

/** What a socket was told. To be closed by whoever opened it. */
export interface Heard {
  readonly socket: Socket;
  /** Why it was not let in; null when it was. */
  readonly refusal: string | null;
  /** Of the refusal, where the server gave one. */
  readonly code: string | null;
  /** Names and payloads, in the order they came, and more as they come. */
  readonly events: readonly (readonly [name: string, payload: unknown])[];
}

/** Resolves once the server has welcomed or refused the socket. */
export function hear(url: URL, auth: SocketAuth): Promise<Heard> {
  const socket = io(new URL('/sandbox', url).href, {
    path: '/api/v1/ws',
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth,
  });
  const events: [string, unknown][] = [];
  return new Promise((resolve) => {
    const end = (refusal: string | null, code: string | null = null) => {
      clearTimeout(impatience);
      resolve({ socket, refusal, code, events });
    };
    const impatience = setTimeout(() => end('it said nothing'), PATIENCE_MS);
    socket.onAny((name: string, payload: unknown) => {
      events.push([name, payload]);
      if (name === 'welcome') end(null);
    });
    socket.on('connect_error', (error: Error & { data?: { code?: string } }) =>
      end(error.message, error.data?.code ?? null),
    );
    socket.on('disconnect', (reason) => end(reason));
  });
}
