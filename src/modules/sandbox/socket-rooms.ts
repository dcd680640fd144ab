import { Injectable, Logger } from '@nestjs/common';
import type { Namespace } from 'socket.io';
import { SandboxLogDto } from './history.dto.js';
import { LogFeeds, type LogFeed, type LogListener } from './log-feeds.js';
import type { LogRow } from './logs.repository.js';
import { SandboxMetrics } from './sandbox-metrics.js';
import { dropSlow, isBehind, isClear } from './socket-backlog.js';
import type { LiveSocket } from './socket-protocol.js';

const PATIENCE_MS = 15_000;
const LOOK_AGAIN_MS = 5;

/** The sockets of this process that are at the head of one session's log: each line is written once for all. */
class Room implements LogListener {
  readonly members = new Map<LiveSocket, () => void>();

  constructor(
    readonly feed: LogFeed,
    private readonly namespace: Namespace,
    private readonly onSlow: (socket: LiveSocket) => void,
    private readonly onOver: () => void,
  ) {}

  deliver(lines: readonly LogRow[]): void {
    const { sessionId } = this.feed;
    // Never by way of other processes: each reads the log itself.
    const everybody = this.namespace.local.to(sessionId);
    for (const line of lines) {
      everybody.emit('log', SandboxLogDto.of(line));
      if (line.event !== null) everybody.emit(line.event, line.data);
    }
    for (const socket of this.members.keys()) if (isBehind(socket)) this.onSlow(socket);
    if (this.feed.endReason !== null) this.onOver();
  }

  gone(): void {
    const { sessionId } = this.feed;
    this.namespace.local.to(sessionId).emit('session_ended', { session_id: sessionId, reason: 'gone' });
    this.onOver();
  }
}

/** Which sockets hear of which session. One that was away gets what it missed before it joins the others. */
@Injectable()
export class SocketRooms {
  private readonly logger = new Logger(SocketRooms.name);
  private readonly rooms = new Map<string, Room>();
  private namespace: Namespace | null = null;

  constructor(
    private readonly feeds: LogFeeds,
    private readonly metrics: SandboxMetrics,
  ) {}

  serve(namespace: Namespace): void {
    this.namespace = namespace;
  }

  /** How many sessions a socket hears of. */
  countOf(socket: LiveSocket): number {
    return [...this.rooms.values()].filter(({ members }) => members.has(socket)).length;
  }

  /** @param after the number of the last line it has; of one that exists. */
  async enter(socket: LiveSocket, sessionId: string, after: number): Promise<void> {
    this.leave(socket, sessionId);
    const replay = (lines: readonly LogRow[]) => this.replay(socket, lines);
    const release = await this.feeds.follow(sessionId, after, replay, (feed) => this.join(socket, feed));
    const members = this.rooms.get(sessionId)?.members;
    if (members?.has(socket) === true && release !== null) members.set(socket, release);
    else release?.();
  }

  leaveAll(socket: LiveSocket): void {
    for (const sessionId of this.rooms.keys()) this.leave(socket, sessionId);
  }

  drop(socket: LiveSocket): void {
    this.metrics.closedSockets.inc({ reason: 'slow_client' });
    this.logger.warn(
      `Dropped a socket of user ${socket.data.access.actor.userId}: it reads slower than its log grows`,
    );
    this.leaveAll(socket);
    dropSlow(socket);
  }

  private leave(socket: LiveSocket, sessionId: string): void {
    const room = this.rooms.get(sessionId);
    const release = room?.members.get(socket);
    if (room === undefined || release === undefined) return;
    room.members.delete(socket);
    void socket.leave(sessionId);
    release();
    if (room.members.size > 0) return;
    room.feed.listeners.delete(room);
    this.rooms.delete(sessionId);
  }

  private join(socket: LiveSocket, feed: LogFeed): void {
    const { sessionId, endReason } = feed;
    if (!socket.connected) return;
    if (endReason !== null)
      return void socket.emit('session_ended', { session_id: sessionId, reason: endReason });
    const room = this.rooms.get(sessionId) ?? this.openRoom(feed);
    room.members.set(socket, () => undefined);
    void socket.join(sessionId);
  }

  private openRoom(feed: LogFeed): Room {
    if (this.namespace === null) throw new Error('No sockets are served yet');
    const room = new Room(
      feed,
      this.namespace,
      (socket) => this.drop(socket),
      () => this.close(feed.sessionId),
    );
    feed.listeners.add(room);
    this.rooms.set(feed.sessionId, room);
    return room;
  }

  private close(sessionId: string): void {
    for (const socket of this.rooms.get(sessionId)?.members.keys() ?? []) this.leave(socket, sessionId);
  }

  /** A page of the past, at the pace of the client. @returns false when it is gone or given up. */
  private async replay(socket: LiveSocket, lines: readonly LogRow[]): Promise<boolean> {
    for (const line of lines) {
      socket.emit('log', SandboxLogDto.of(line));
      if (line.event === 'decision') socket.emit('decision', line.data);
    }
    const deadline = performance.now() + PATIENCE_MS;
    while (socket.connected && !isClear(socket)) {
      if (performance.now() > deadline) this.drop(socket);
      else await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    return socket.connected;
  }
}
