import type { INestApplicationContext } from '@nestjs/common';
import type { Server as HttpServer } from 'node:http';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { MessageMappingProperties } from '@nestjs/websockets';
import { Server, type Namespace, type ServerOptions, type Socket } from 'socket.io';
import type { HttpConfig } from '../../config/config.js';
import type { Tracing } from '../../telemetry/tracing.js';
import { declineUpgrades } from './declined-upgrades.js';
import type { SocketRelay } from './socket-relay.js';

const PATH = '/api/v1/ws/';

/** Whatever a client has to say is short; what is longer ends its connection. */
const MOST_BYTES = 16_384;
const HANDSHAKE_MS = 10_000;
const FAREWELL_MS = 500;

/** A WebSocket below a client; long polling has none. */
interface Client {
  readonly transport: { readonly socket?: { terminate?(): void } };
}

type Transform = Parameters<IoAdapter['bindMessageHandlers']>[2];
type Handler = (...given: unknown[]) => Promise<unknown>;

/** Socket.IO beside HTTP, on the same port and with the same origins. */
export class SocketAdapter extends IoAdapter {
  constructor(
    nest: INestApplicationContext,
    private readonly config: HttpConfig,
    private readonly relay: SocketRelay | null,
    private readonly tracing: Tracing,
  ) {
    super(nest);
    declineUpgrades(this.httpServer as HttpServer, PATH);
  }

  /** Clients that answer the farewell are gone at once; one that does not read would hold the process for half a minute. */
  override async close(server: Server | Namespace): Promise<void> {
    if (!(server instanceof Server)) return;
    const clients = Object.values((server.engine as unknown as { clients: Record<string, Client> }).clients);
    const impatience = setTimeout(() => {
      for (const { transport } of clients) transport.socket?.terminate?.();
    }, FAREWELL_MS);
    await super.close(server);
    clearTimeout(impatience);
    this.relay?.close();
  }

  /** Each message that is handled is a trace of its own: a connection may last for days. */
  override bindMessageHandlers(
    socket: Socket,
    handlers: MessageMappingProperties[],
    transform: Transform,
  ): void {
    const traced = handlers.map((handler) => ({ ...handler, callback: this.traced(socket, handler) }));
    super.bindMessageHandlers(socket, this.tracing.isOn ? traced : handlers, transform);
  }

  private traced(socket: Socket, { message, callback }: MessageMappingProperties): Handler {
    const attributes = { 'cloudkeep.socket': socket.id };
    const start = { name: `socket ${String(message)}`, kind: 'server' as const, attributes };
    return (...given: unknown[]) => this.tracing.run(start, async () => (callback as Handler)(...given));
  }

  override createIOServer(port: number, options?: Partial<ServerOptions>): Server {
    const { corsOrigins } = this.config;
    const isAny = corsOrigins.includes('*');
    const server = super.createIOServer(port, {
      ...options,
      path: PATH,
      // Others ask for upgrades, too: see `declineUpgrades`.
      destroyUpgrade: false,
      serveClient: false,
      maxHttpBufferSize: MOST_BYTES,
      connectTimeout: HANDSHAKE_MS,
      ...(corsOrigins.length === 0
        ? {}
        : { cors: { origin: isAny ? '*' : [...corsOrigins], credentials: !isAny } }),
    } as ServerOptions);
    this.relay?.attachTo(server);
    return server;
  }
}
