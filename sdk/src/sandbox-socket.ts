import type { Socket } from 'socket.io-client';
import type { Credentials } from './credentials.js';
import { ConnectionError, ProblemError, type Problem } from './errors.js';
import type {
  SandboxDecision,
  SandboxEvent,
  SandboxLog,
  SandboxSocket,
  SandboxSocketOptions,
} from './sandbox.js';
import { backoffMs, sleep } from './waiting.js';

const PATIENCE_MS = 30_000;
const AGAIN: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

export interface SocketPlace {
  readonly baseUrl: string;
  readonly credentials: Credentials;
}

/** Follows a session. Connects by itself, again where that breaks, and goes on where it was. */
export function followSession(
  place: SocketPlace,
  sessionId: string,
  options: SandboxSocketOptions,
): SandboxSocket {
  const follower = new Follower(place, sessionId, options);
  follower.open();
  return follower;
}

/**
 * Each line once and in order: a new connection asks for what came after the last line but one,
 * because what belongs to the last line (a decision) may have been lost with the old connection,
 * and leaves out what it had.
 */
class Follower implements SandboxSocket {
  seen: number;
  /** The line whose decision came last. */
  private decided: number;
  /** The last line of this connection, had before or not. */
  private line: number;
  private isFirst = true;
  private isOver = false;
  private socket: Socket | null = null;
  private attempts = 0;
  private presented: string | null = null;
  private hasRenewed = false;
  private impatience: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly place: SocketPlace,
    private readonly sessionId: string,
    private readonly options: SandboxSocketOptions,
  ) {
    this.seen = options.since ?? 0;
    this.decided = this.seen;
    this.line = this.seen;
  }

  open(): void {
    this.waitFor();
    this.connect().catch((error: unknown) => this.lost(error));
  }

  close(): void {
    this.end(null);
  }

  private async connect(): Promise<void> {
    const { io } = await import('socket.io-client');
    if (this.isOver) return;
    const socket = io(`${this.place.baseUrl}/sandbox`, {
      path: '/api/v1/ws',
      // Needs no sticky sessions of a load balancer.
      transports: ['websocket'],
      forceNew: true,
      withCredentials: this.place.credentials.cookies !== 'omit',
      // Attempts are made here, because a refusal may need a new credential first.
      reconnection: false,
      auth: (give) => void this.handshake().then(give, (error: unknown) => this.lost(error)),
    });
    this.socket = socket;
    this.listen(socket);
  }

  private async handshake() {
    const token = await this.place.credentials.socketToken();
    this.presented = token === null ? null : `Bearer ${token}`;
    this.line = this.isFirst ? this.seen : Math.max(0, this.seen - 1);
    return { session_id: this.sessionId, last_seq: this.line, ...(token === null ? {} : { token }) };
  }

  private listen(socket: Socket): void {
    let refusal: Problem | null = null;
    socket.on('welcome', (data: { session_id: string; last_seq: number }) => this.welcome(data));
    socket.on('log', (line: SandboxLog) => this.log(line));
    socket.on('decision', (data: SandboxDecision) => this.decision(data));
    socket.on('session_ended', (data: { session_id: string; reason: string }) => {
      this.tell({ event: 'session_ended', data });
      this.end(null);
    });
    socket.on('refused', (problem: Problem) => (refusal = problem));
    socket.on('disconnect', () => {
      if (this.isOver) return;
      this.options.onConnection?.(false);
      this.waitFor();
      const reason = refusal === null ? null : new ProblemError(refusal);
      refusal = null;
      void this.again(reason);
    });
    socket.on('connect_error', (error: Error & { data?: Problem }) => {
      void this.again(error.data === undefined ? null : new ProblemError(error.data));
    });
  }

  private welcome(data: { session_id: string; last_seq: number }): void {
    clearTimeout(this.impatience);
    this.impatience = undefined;
    this.attempts = 0;
    this.hasRenewed = false;
    this.options.onConnection?.(true);
    if (this.isFirst) this.tell({ event: 'welcome', data });
    this.isFirst = false;
  }

  private log(line: SandboxLog): void {
    this.line = line.seq;
    if (line.seq <= this.seen) return;
    this.seen = line.seq;
    this.tell({ event: 'log', data: line });
  }

  private decision(data: SandboxDecision): void {
    if (this.line <= this.decided) return;
    this.decided = this.line;
    this.tell({ event: 'decision', data });
  }

  private tell(event: SandboxEvent): void {
    if (!this.isOver) this.options.onEvent(event);
  }

  /** @param refusal null where the connection broke, or none was made. */
  private async again(refusal: ProblemError | null): Promise<void> {
    try {
      if (refusal !== null && !AGAIN.has(refusal.status)) await this.renewed(refusal);
      else await sleep(backoffMs(this.attempts));
      this.attempts += 1;
      if (!this.isOver) this.socket?.connect();
    } catch (error) {
      this.lost(error);
    }
  }

  /** @throws the refusal where no better credential is to be had. */
  private async renewed(refusal: ProblemError): Promise<void> {
    if (refusal.status !== 401 || this.hasRenewed) throw refusal;
    this.hasRenewed = true;
    if (!(await this.place.credentials.renew(this.presented))) throw refusal;
  }

  private lost(error: unknown): void {
    const isOurs = error instanceof ProblemError || error instanceof ConnectionError;
    this.end(isOurs ? error : new ConnectionError('unreachable', 'The log can not be followed.', error));
  }

  private waitFor(): void {
    const { patienceMs = PATIENCE_MS } = this.options;
    this.impatience ??= setTimeout(
      () => this.end(new ConnectionError('timed_out', `There was no connection for ${patienceMs} ms.`)),
      patienceMs,
    );
  }

  private end(reason: ProblemError | ConnectionError | null): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.impatience);
    this.socket?.disconnect();
    this.options.onClose?.(reason);
  }
}
