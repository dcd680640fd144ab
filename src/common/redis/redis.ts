import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { RedisAddress } from '../../config/redis.js';
import { inSpan } from '../../telemetry/span.js';
import { connectRedis, type RedisClient } from './redis-client.js';

/** Longer nobody waits; what was asked is then decided without. */
const ANSWER_MS = 100;
/** What a start waits for a Redis that is there. */
const FIRST_CONTACT_MS = 1_000;
const PREFIX = 'cloudkeep:';

/** A counter as all processes have it. */
export interface SharedCount {
  readonly hits: number;
  /** Milliseconds until it starts anew. */
  readonly leftMs: number;
}

/**
 * The Redis that processes share. Nothing depends on it to go on: what it can not
 * do within 100 ms fails, and whoever asked does without.
 */
export class Redis implements OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  private isLost = false;

  private constructor(
    private readonly address: RedisAddress | null,
    private readonly client: RedisClient | null,
  ) {
    client?.on('ready', () => this.found());
    client?.on('close', () => this.lost('the connection is closed'));
    // Unheard, the library would print it.
    client?.on('error', ({ message }: Error) => this.lost(message));
  }

  /** @param address null for a process that works alone. It starts without a Redis that is down, too. */
  static async open(address: RedisAddress | null): Promise<Redis> {
    if (address === null) return new Redis(null, null);
    const redis = new Redis(address, await connectRedis(address, { answerWithinMs: ANSWER_MS }));
    await redis.firstContact();
    return redis;
  }

  /** Whether there is one to be shared. */
  get isShared(): boolean {
    return this.client !== null;
  }

  async isWell(): Promise<boolean> {
    return this.ready()
      .ping()
      .then(
        () => true,
        () => false,
      );
  }

  /** @throws Error when there is no answer in time; the hits may be counted even so. */
  async count(key: string, hits: number, windowMs: number): Promise<SharedCount> {
    const [total, leftMs] = await asked('EVALSHA', () =>
      this.ready().countHits(PREFIX + key, hits, windowMs),
    );
    return { hits: total, leftMs };
  }

  /** Leaves a mark that all processes see, for so long. @throws Error when there is no answer in time. */
  async mark(key: string, forMs: number): Promise<void> {
    await asked('SET', () => this.ready().set(PREFIX + key, '1', 'PX', forMs));
  }

  /** @throws Error when there is no answer in time. */
  async isMarked(key: string): Promise<boolean> {
    return (await asked('EXISTS', () => this.ready().exists(PREFIX + key))) === 1;
  }

  /**
   * A further connection; whoever opens it ends it.
   *
   * @param patience whether commands fail `at once` while there is no connection, or are `waiting` for it.
   */
  async another(patience: 'at once' | 'waiting'): Promise<RedisClient> {
    if (this.address === null) throw new Error('No Redis is shared');
    return connectRedis(this.address, { answerWithinMs: patience === 'at once' ? ANSWER_MS : undefined });
  }

  onApplicationShutdown(): void {
    // From here on it is not lost but left.
    this.isLost = true;
    this.client?.disconnect();
  }

  private ready(): RedisClient {
    if (this.client === null) throw new Error('No Redis is shared');
    return this.client;
  }

  private async firstContact(): Promise<void> {
    let patience: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      patience = setTimeout(resolve, FIRST_CONTACT_MS);
      this.client?.once('ready', resolve);
    });
    clearTimeout(patience);
  }

  private lost(reason: string): void {
    if (!this.isLost)
      this.logger.warn(`Redis can not be reached (${reason}); this process works alone until it is back`);
    this.isLost = true;
  }

  private found(): void {
    if (this.isLost) this.logger.log('Redis is back');
    this.isLost = false;
  }
}

/** As a span, without its key: there may be an address in it. */
function asked<T>(command: string, ask: () => Promise<T>): Promise<T> {
  const attributes = { 'db.system.name': 'redis', 'db.operation.name': command };
  return inSpan({ name: `redis ${command}`, kind: 'client', attributes }, async () => ask());
}
