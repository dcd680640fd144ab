import { Logger } from '@nestjs/common';
import type { Server } from 'socket.io';
import type { Redis } from '../redis/redis.js';
import type { RedisClient } from '../redis/redis-client.js';

const KEY = 'cloudkeep:sockets';
const COMMANDS = ['publish', 'subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'] as const;

/**
 * Lets each process speak to the sockets of all, through Redis. While Redis is
 * away every process speaks to its own; what was said meanwhile is not repeated.
 */
export class SocketRelay {
  private constructor(
    private readonly createAdapter: typeof import('@socket.io/redis-adapter').createAdapter,
    private readonly speaker: RedisClient,
    private readonly listener: RedisClient,
  ) {}

  /** @returns null where this process works alone. */
  static async open(redis: Redis): Promise<SocketRelay | null> {
    if (!redis.isShared) return null;
    const { createAdapter } = await import('@socket.io/redis-adapter');
    const [speaker, listener] = [await redis.another('at once'), await redis.another('waiting')];
    return new SocketRelay(createAdapter, forgiving(speaker), forgiving(listener));
  }

  attachTo(server: Server): void {
    server.adapter(this.createAdapter(this.speaker, this.listener, { key: KEY }));
  }

  close(): void {
    this.speaker.disconnect();
    this.listener.disconnect();
  }
}

/** The adapter waits for no command it gives: one that fails must not end the process. */
function forgiving(client: RedisClient): RedisClient {
  const logger = new Logger('SocketRelay');
  // The connection itself reports when it is lost.
  client.on('error', ({ message }: Error) => logger.debug(message));
  for (const name of COMMANDS) {
    const command = client[name].bind(client) as (...args: unknown[]) => Promise<unknown>;
    const told = (...args: unknown[]) =>
      command(...args).catch((error: unknown) => {
        logger.debug(`Not told to other processes: ${(error as Error).message}`);
        return 0;
      });
    Object.assign(client, { [name]: told });
  }
  return client;
}
