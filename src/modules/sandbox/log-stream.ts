import { Readable } from 'node:stream';
import { SandboxLogDto } from './history.dto.js';
import type { LogFeed, LogFeeds, LogListener } from './log-feeds.js';
import type { LogFilter, LogRow } from './logs.repository.js';

const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2_000;

export interface Follow {
  readonly sessionId: string;
  /** The number of the last line seen. */
  readonly after: number;
  readonly filter: LogFilter;
}

/**
 * A log as server-sent events. While its reader keeps up it is told what all others
 * are; one that does not is left behind and reads on from the database at its own
 * pace, so that nothing is held for it.
 */
export class LogStream extends Readable implements LogListener {
  private seen: number;
  private feed: LogFeed | null = null;
  private isFollowing = false;
  private isOver = false;
  private release: (() => void) | null = null;
  private wake: (() => void) | null = null;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly feeds: LogFeeds,
    private readonly follow: Follow,
  ) {
    super();
    this.seen = follow.after;
    this.push(`retry: ${RETRY_MS}\n\n`);
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  /** Its last words. */
  finish(event: string, data: object): void {
    if (this.readableEnded || this.destroyed || this.isOver) return;
    this.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    this.isOver = true;
    this.leave();
    this.push(null);
  }

  deliver(lines: readonly LogRow[]): void {
    if (!this.tell(lines) && !this.isOver) this.leave();
  }

  gone(): void {
    this.finish('session_ended', { session_id: this.follow.sessionId, reason: 'gone' });
  }

  override _read(): void {
    this.wake?.();
    if (this.feed === null && !this.isFollowing && !this.isOver) void this.readOn();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.heartbeat);
    this.isOver = true;
    this.leave();
    this.wake?.();
    callback(error);
  }

  private async readOn(): Promise<void> {
    this.isFollowing = true;
    try {
      const write = (lines: readonly LogRow[]) => this.written(lines);
      const { sessionId } = this.follow;
      const release = await this.feeds.follow(sessionId, this.seen, write, (feed) => this.join(feed));
      if (release === null) this.gone();
      else if (this.feed === null) release();
      else this.release = release;
    } catch (error) {
      this.destroy(error as Error);
    } finally {
      this.isFollowing = false;
    }
  }

  /** A page of the past; waits until it is taken. */
  private async written(lines: readonly LogRow[]): Promise<boolean> {
    if (!this.tell(lines) && !this.isOver) {
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = null;
    }
    return !this.isOver;
  }

  private join(feed: LogFeed): void {
    if (this.isOver) return;
    const { sessionId: session_id, endReason: reason } = feed;
    if (reason !== null) return this.finish('session_ended', { session_id, reason });
    this.feed = feed;
    feed.listeners.add(this);
  }

  private leave(): void {
    this.feed?.listeners.delete(this);
    this.feed = null;
    this.release?.();
    this.release = null;
  }

  /** @returns whether the reader wants more. */
  private tell(lines: readonly LogRow[]): boolean {
    this.seen = lines.at(-1)?.seq ?? this.seen;
    const { level, logType } = this.follow.filter;
    const shown = lines.filter(
      (line) => (level ?? line.level) === line.level && (logType ?? line.log_type) === line.log_type,
    );
    const text = shown.map((line) => eventOf(line)).join('');
    const wantsMore = text === '' || this.push(text);
    const end = lines.find(({ event }) => event === 'session_ended');
    if (end !== undefined) this.finish('session_ended', end.data ?? {});
    return wantsMore;
  }

  private beat(): void {
    if (this.feed !== null && !this.isOver) this.push(': still here\n\n');
  }
}

/** A decision is told besides, in its place and under no id of its own. */
function eventOf(line: LogRow): string {
  const log = `id: ${line.seq}\nevent: log\ndata: ${JSON.stringify(SandboxLogDto.of(line))}\n\n`;
  return line.event === 'decision' ? `${log}event: decision\ndata: ${JSON.stringify(line.data)}\n\n` : log;
}
