import { Injectable, Logger } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { Notifications } from '../../database/notifications.js';
import { LOG_CHANNEL, LogsRepository, type LogHead, type LogRow } from './logs.repository.js';

const PAGE = 500;
/** Told in one go; then whatever else waits gets its turn. */
const SLICE = 16;
const RETRY_MS = 500;

/** Somebody who has all lines up to the feed's head, and is told each that follows, once and in order. */
export interface LogListener {
  deliver(lines: readonly LogRow[]): void;
  /** The session is gone, its log with it. */
  gone(): void;
}

/** The log of one session as this replica's listeners have it. */
export class LogFeed {
  /** The number of the last line delivered to all listeners. */
  head = 0;
  /** The number of the last line known to exist. */
  target = 0;
  /** A message may have been missed. */
  mustLook = false;
  isPumping = false;
  /** Why the session ended; null while it goes on. */
  endReason: string | null = null;
  expiresAt: Date | null = null;
  readonly listeners = new Set<LogListener>();
  /** Listeners, and those on their way to be one. */
  users = 0;

  constructor(readonly sessionId: string) {}
}

/**
 * Delivers logs to whoever listens on this replica. A message between the
 * replicas says which session has lines up to which number; what was not
 * delivered yet is read from the database, once for all listeners. So lines
 * arrive in order, without gap and without repetition, wherever they were
 * written, and a lost message is made up for by the next, or by the look at every
 * feed after the connection was down.
 */
@Injectable()
export class LogFeeds {
  private readonly logger = new Logger(LogFeeds.name);
  private readonly feeds = new Map<
    string,
    { readonly feed: LogFeed; readonly ready: Promise<LogHead | null> }
  >();

  constructor(
    private readonly logs: LogsRepository,
    private readonly cls: ClsService,
    notifications: Notifications,
  ) {
    notifications.listen(
      LOG_CHANNEL,
      (message) => this.announced(message),
      () => this.lookAtAll(),
    );
  }

  /** The feeds that somebody uses. */
  get open(): readonly LogFeed[] {
    return [...this.feeds.values()].map(({ feed }) => feed);
  }

  /**
   * Hands over what was delivered to the others since `after`, page by page, and
   * calls `join` the moment nothing is missing: whoever adds itself to the
   * listeners in it misses nothing and gets nothing twice.
   *
   * @param after the number of a line that exists, or 0.
   * @param write one page; what it waits for slows down nobody else. False gives up.
   * @returns what ends it; null when there is no such session.
   */
  async follow(
    sessionId: string,
    after: number,
    write: (lines: readonly LogRow[]) => Promise<boolean>,
    join: (feed: LogFeed) => void,
  ): Promise<(() => void) | null> {
    // The feed is shared, so it is the system's and not the caller's; who may listen was asked before.
    return this.cls.exit(async () => {
      const { feed, ready } = this.acquire(sessionId);
      let isReleased = false;
      const release = () => {
        if (!isReleased) this.release(feed);
        isReleased = true;
      };
      try {
        if ((await ready) === null) {
          release();
          return null;
        }
        let at = after;
        if (at > feed.head) await this.reaches(feed, at);
        while (at < feed.head) {
          const lines = await this.logs.listAfter(sessionId, at, PAGE);
          const delivered = lines.filter(({ seq }) => seq <= feed.head);
          at = delivered.at(-1)?.seq ?? feed.head;
          if (delivered.length > 0 && !(await write(delivered))) return release;
        }
        join(feed);
        return release;
      } catch (error) {
        release();
        throw error;
      }
    });
  }

  /** Another replica delivered more than this one has yet. */
  private async reaches(feed: LogFeed, seq: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const listener: LogListener = {
        deliver: () => {
          if (feed.head >= seq) listener.gone();
        },
        gone: () => {
          feed.listeners.delete(listener);
          resolve();
        },
      };
      feed.listeners.add(listener);
      feed.target = Math.max(feed.target, seq);
      this.pump(feed);
    });
  }

  private acquire(sessionId: string): { feed: LogFeed; ready: Promise<LogHead | null> } {
    let entry = this.feeds.get(sessionId);
    if (entry === undefined) {
      const feed = new LogFeed(sessionId);
      entry = { feed, ready: this.begin(feed) };
      this.feeds.set(sessionId, entry);
    }
    entry.feed.users++;
    return entry;
  }

  private release(feed: LogFeed): void {
    feed.users--;
    if (feed.users === 0 && this.feeds.get(feed.sessionId)?.feed === feed) this.feeds.delete(feed.sessionId);
  }

  private async begin(feed: LogFeed): Promise<LogHead | null> {
    const head = await this.logs.head(feed.sessionId);
    if (head === null) return null;
    feed.head = head.seq;
    feed.expiresAt = head.expires_at;
    feed.endReason = head.end_reason;
    // What was announced meanwhile.
    this.pump(feed);
    return head;
  }

  private announced(message: string): void {
    const [sessionId = '', seq] = message.split(' ');
    const entry = this.feeds.get(sessionId);
    if (entry === undefined) return;
    entry.feed.target = Math.max(entry.feed.target, Number(seq));
    this.pump(entry.feed);
  }

  private lookAtAll(): void {
    for (const { feed } of this.feeds.values()) {
      feed.mustLook = true;
      this.pump(feed);
    }
  }

  private pump(feed: LogFeed): void {
    if (feed.isPumping || feed.expiresAt === null || !isBehind(feed)) return;
    feed.isPumping = true;
    void this.cls
      .exit(() => this.catchUp(feed))
      .finally(() => {
        feed.isPumping = false;
        this.pump(feed);
      });
  }

  private async catchUp(feed: LogFeed): Promise<void> {
    while (isBehind(feed)) {
      try {
        await this.readOn(feed);
      } catch (error) {
        this.logger.warn(`The log of a session can not be read: ${(error as Error).message}`);
        feed.mustLook = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  private async readOn(feed: LogFeed): Promise<void> {
    const { target } = feed;
    feed.mustLook = false;
    const lines = await this.logs.listAfter(feed.sessionId, feed.head, PAGE);
    if (lines.length === PAGE) feed.mustLook = true;
    if (lines.length > 0) return this.deliver(feed, lines);
    if ((await this.logs.head(feed.sessionId)) === null)
      for (const listener of feed.listeners) listener.gone();
    if (feed.target === target) feed.target = feed.head;
  }

  private async deliver(feed: LogFeed, lines: readonly LogRow[]): Promise<void> {
    for (let from = 0; from < lines.length; from += SLICE) {
      const slice = lines.slice(from, from + SLICE);
      feed.head = slice.at(-1)?.seq ?? feed.head;
      feed.target = Math.max(feed.target, feed.head);
      const end = slice.find(({ event }) => event === 'session_ended');
      if (end !== undefined) feed.endReason = String(end.data?.reason);
      for (const listener of feed.listeners) listener.deliver(slice);
      if (from + SLICE < lines.length) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function isBehind(feed: LogFeed): boolean {
  return feed.users > 0 && (feed.mustLook || feed.head < feed.target);
}
