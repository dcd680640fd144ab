import { Injectable, Logger } from '@nestjs/common';
import type { Namespace } from 'socket.io';
import { LiveCredentials } from '../../common/access/live-credentials.js';
import { AppError } from '../../common/errors/app-error.js';
import { OwnSessions } from './own-sessions.js';
import { SandboxErrors } from './sandbox.errors.js';
import { SandboxMetrics } from './sandbox-metrics.js';
import { SocketAdmission } from './socket-admission.js';
import { SocketContext } from './socket-context.js';
import { guardAgainstFloods } from './socket-flood.js';
import {
  HandshakeAuth,
  problemOf,
  readMessage,
  SubscribeRequest,
  type LiveSocket,
  type SubscribeAnswer,
} from './socket-protocol.js';
import { SocketRooms } from './socket-rooms.js';

/** A dashboard shows no more; each costs a look at every line. */
const MOST_SESSIONS = 20;

/** Sockets: let in, told of the sessions they ask for, and closed when what let them in does not hold any more. */
@Injectable()
export class SandboxSockets {
  private readonly logger = new Logger(SandboxSockets.name);

  constructor(
    private readonly admission: SocketAdmission,
    private readonly context: SocketContext,
    private readonly own: OwnSessions,
    private readonly rooms: SocketRooms,
    private readonly live: LiveCredentials,
    private readonly metrics: SandboxMetrics,
  ) {}

  serve(namespace: Namespace): void {
    this.rooms.serve(namespace);
    namespace.use((socket, next) => {
      const live = socket as unknown as LiveSocket;
      this.context
        .connecting(live, () => this.admit(live))
        .then(
          () => next(),
          (error: unknown) => next(this.refusal(error)),
        );
    });
  }

  connected(socket: LiveSocket): void {
    const { data } = socket;
    this.metrics.sockets.inc();
    data.unwatch = this.live.watch(data.access);
    guardAgainstFloods(socket, () => this.close(socket, SandboxErrors.socketFlooded()));
    const { first } = data;
    data.first = null;
    if (first !== null) void this.subscribe(socket, first);
  }

  disconnected(socket: LiveSocket): void {
    this.metrics.sockets.dec();
    socket.data.unwatch();
    this.rooms.leaveAll(socket);
  }

  /** One after the other, as they were asked for. Whatever goes wrong is the answer. */
  subscribe(socket: LiveSocket, request: unknown): Promise<SubscribeAnswer> {
    const answer = socket.data.queue.then(() => this.answer(socket, request));
    socket.data.queue = answer;
    return answer;
  }

  private async admit(socket: LiveSocket): Promise<void> {
    const { token, session_id, last_seq } = socket.handshake.auth;
    // What else it may say is for other servers.
    const asked = {
      token: token as unknown,
      session_id: session_id as unknown,
      last_seq: last_seq as unknown,
    };
    const auth = await readMessage(HandshakeAuth, asked);
    const access = await this.admission.admit(socket, auth.token ?? undefined, (error) =>
      this.close(socket, error),
    );
    const { organizationId } = access.actor;
    await this.context.run(socket, organizationId, () =>
      this.own.find(access.actor, auth.session_id.toLowerCase()),
    );
    const { token: _, ...first } = auth;
    Object.assign(socket.data, { access, first, unwatch: () => undefined, queue: Promise.resolve() });
  }

  private async answer(socket: LiveSocket, request: unknown): Promise<SubscribeAnswer> {
    try {
      const { session_id, last_seq } = await readMessage(SubscribeRequest, request);
      const id = session_id.toLowerCase();
      const { actor } = socket.data.access;
      const session = await this.context.run(socket, actor.organizationId, () => this.own.find(actor, id));
      if (this.rooms.countOf(socket) >= MOST_SESSIONS)
        throw SandboxErrors.tooManySubscriptions(MOST_SESSIONS);
      const newest = Number(session.last_log_seq);
      socket.emit('welcome', { session_id: id, last_seq: newest });
      await this.rooms.enter(socket, id, Math.min(last_seq ?? newest, newest));
      return { session_id: id, last_seq: newest };
    } catch (error) {
      return { error: problemOf(this.told(error)) };
    }
  }

  private close(socket: LiveSocket, error: AppError): void {
    this.metrics.closedSockets.inc({ reason: error.code });
    this.rooms.leaveAll(socket);
    socket.emit('refused', problemOf(error));
    socket.disconnect(true);
  }

  private refusal(error: unknown): Error {
    const problem = problemOf(this.told(error));
    return Object.assign(new Error(problem.detail), { data: problem });
  }

  /** Our own faults are for the log; the client learns that there was one. */
  private told(error: unknown): unknown {
    if (!(error instanceof AppError)) this.logger.error((error as Error).message, (error as Error).stack);
    return error;
  }
}
