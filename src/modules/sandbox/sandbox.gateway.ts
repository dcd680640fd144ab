import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Namespace } from 'socket.io';
import { Access } from '../../common/access/access.decorator.js';
import { SandboxSockets } from './sandbox-sockets.js';
import type { LiveSocket, SubscribeAnswer } from './socket-protocol.js';

/** The log of a session, live. */
@Access('sandbox:read')
@WebSocketGateway({ namespace: 'sandbox' })
export class SandboxGateway
  implements OnGatewayInit<Namespace>, OnGatewayConnection<LiveSocket>, OnGatewayDisconnect<LiveSocket>
{
  constructor(private readonly sockets: SandboxSockets) {}

  afterInit(namespace: Namespace): void {
    this.sockets.serve(namespace);
  }

  handleConnection(socket: LiveSocket): void {
    this.sockets.connected(socket);
  }

  handleDisconnect(socket: LiveSocket): void {
    this.sockets.disconnected(socket);
  }

  @SubscribeMessage('ping')
  ping(): 'pong' {
    return 'pong';
  }

  @SubscribeMessage('subscribe')
  subscribe(
    @ConnectedSocket() socket: LiveSocket,
    @MessageBody() request: unknown,
  ): Promise<SubscribeAnswer> {
    return this.sockets.subscribe(socket, request);
  }
}
