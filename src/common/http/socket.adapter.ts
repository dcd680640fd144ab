import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import type { HttpConfig } from '../../config/config.js';

/** Whatever a client has to say is short; what is longer ends its connection. */
const MOST_BYTES = 16_384;
const HANDSHAKE_MS = 10_000;

/** Socket.IO beside HTTP, on the same port and with the same origins. */
export class SocketAdapter extends IoAdapter {
  constructor(
    nest: INestApplicationContext,
    private readonly config: HttpConfig,
  ) {
    super(nest);
  }

  override createIOServer(port: number, options?: Partial<ServerOptions>): Server {
    const { corsOrigins } = this.config;
    const isAny = corsOrigins.includes('*');
    return super.createIOServer(port, {
      ...options,
      path: '/api/v1/ws',
      serveClient: false,
      maxHttpBufferSize: MOST_BYTES,
      connectTimeout: HANDSHAKE_MS,
      ...(corsOrigins.length === 0
        ? {}
        : { cors: { origin: isAny ? '*' : [...corsOrigins], credentials: !isAny } }),
    } as ServerOptions) as Server;
  }
}
