import { ProblemError, type SandboxEvent, type SandboxLog, type SandboxSocket } from '#sdk';
import { cloudkeep } from '../../api/client';
import { Store } from '../../components/store';
import { prompts } from '../../session/prompts';

/** Lines that a page holds of a log; older ones are asked for. */
export const MOST_LINES = 1_000;
const EARLIER = 200;
/** A log may grow by hundreds of lines a second; a page is drawn anew ten times. */
const TOLD_EVERY_MS = 100;

export interface LogView {
  /** The newest, in order and without gap. */
  readonly lines: readonly SandboxLog[];
  readonly connection: 'connecting' | 'live' | 'lost' | 'over';
  /** Why it is followed no more, where it should be. */
  readonly problem: unknown;
}

type Told = Exclude<SandboxEvent, { readonly event: 'log' }>;

/** The log of a session as it grows. A broken connection goes on where it was; memory is bounded. */
export class LiveLog {
  readonly view = new Store<LogView>({ lines: [], connection: 'connecting', problem: null });
  private lines: SandboxLog[] = [];
  private socket: SandboxSocket | null = null;
  private isOver = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param newest the number of the last line there is now. */
  constructor(
    private readonly sessionId: string,
    private readonly newest: number,
    private readonly onNews: (event: Told) => void,
  ) {}

  readonly open = (): void => {
    if (this.socket !== null || this.isOver) return;
    this.change({ connection: 'connecting', problem: null });
    const since = this.lines.at(-1)?.seq ?? Math.max(0, this.newest - MOST_LINES);
    this.socket = cloudkeep.sandboxSocket(this.sessionId, {
      since,
      onEvent: (event) => this.hear(event),
      onConnection: (isConnected) => this.change({ connection: isConnected ? 'live' : 'lost' }),
      onClose: (reason) => this.closed(reason),
    });
  };

  readonly close = (): void => {
    const { socket } = this;
    this.socket = null;
    socket?.close();
    clearTimeout(this.timer);
    this.timer = undefined;
  };

  private hear(event: SandboxEvent): void {
    if (event.event !== 'log') {
      if (event.event === 'session_ended') this.isOver = true;
      return this.onNews(event);
    }
    this.lines.push(event.data);
    if (this.lines.length > 2 * MOST_LINES) this.lines = this.lines.slice(-MOST_LINES);
    this.timer ??= setTimeout(() => this.show(), TOLD_EVERY_MS);
  }

  private show(): void {
    this.timer = undefined;
    this.change({ lines: this.lines.slice(-MOST_LINES) });
  }

  private closed(reason: Error | null): void {
    if (this.socket === null) return;
    this.socket = null;
    if (this.isOver) return this.change({ connection: 'over' });
    this.change({ connection: 'lost', problem: reason });
    if (!(reason instanceof ProblemError) || reason.status !== 401) return;
    // As for a call that is refused so: sign in over the page, and it goes on where it was.
    void prompts.ask('sign-in').then((isBack) => isBack && this.open());
  }

  private change(change: Partial<LogView>): void {
    this.view.set({ ...this.view.value, ...change });
  }
}

/** The lines before that one, at most some hundred of them. */
export async function linesBefore(sessionId: string, seq: number): Promise<SandboxLog[]> {
  const lines: SandboxLog[] = [];
  const since = Math.max(0, seq - 1 - EARLIER);
  for await (const told of cloudkeep.sandboxLogs(sessionId, { since })) {
    if (told.event !== 'log') continue;
    if (told.data.seq < seq) lines.push(told.data);
    if (told.data.seq >= seq - 1) break;
  }
  return lines;
}
