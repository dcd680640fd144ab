import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Client } from 'pg';
import { DatabaseUrl } from './database-url.js';

type Listener = (payload: string) => void;

const HEARTBEAT_MS = 300;
/** Without an answer for this long the connection counts as lost: revocations must reach us within a second. */
const SILENCE_LIMIT_MS = 900;
const RECONNECT_MS = 250;
/** A connection that falls silent before it listens would be waited for until its keep-alive gives up, hours later. */
const ANSWER_MS = 2_000;

/**
 * Messages between replicas over PostgreSQL LISTEN/NOTIFY, on one connection of
 * its own. Whoever caches on the strength of these messages must ask `isLive`
 * first: while the connection is down or silent, messages may be missed.
 */
@Injectable()
export class Notifications implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Notifications.name);
  private readonly listeners = new Map<string, Listener>();
  private readonly onGap: (() => void)[] = [];
  private client: Client | null = null;
  private lastHeard = 0;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(private readonly url: DatabaseUrl) {}

  /** Registers the one listener of a channel; `onGap` runs whenever messages may have been missed. */
  listen(channel: string, listener: Listener, onGap: () => void): void {
    this.listeners.set(channel, listener);
    this.onGap.push(onGap);
  }

  get isLive(): boolean {
    return performance.now() - this.lastHeard < SILENCE_LIMIT_MS;
  }

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.drop(this.client);
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.url.direct,
      application_name: 'cloudkeep-listener',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: ANSWER_MS,
    });
    // pg reports a broken connection by event; unheard, it would end the process.
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ channel, payload }) => this.listeners.get(channel)?.(payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.listeners.keys())
        await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      this.logger.warn(`Listening for notifications failed: ${(error as Error).message}`);
      await this.drop(client);
      this.retry();
      return;
    }
    // Left open, one that came too late would keep the process from ending.
    if (this.stopped) return this.drop(client);
    this.client = client;
    // Whatever was said before LISTEN took effect went unheard.
    this.announceGap();
    this.lastHeard = performance.now();
    this.beat(client);
  }

  private beat(client: Client): void {
    this.timer = setTimeout(() => void this.probe(client), HEARTBEAT_MS);
    this.timer.unref();
  }

  private async probe(client: Client): Promise<void> {
    const asked = performance.now();
    const deadline = setTimeout(() => this.lost(client), SILENCE_LIMIT_MS);
    try {
      await client.query('SELECT 1');
      // The answer proves that everything sent before the question has arrived.
      this.lastHeard = asked;
      if (this.client === client) this.beat(client);
    } catch {
      this.lost(client);
    } finally {
      clearTimeout(deadline);
    }
  }

  private lost(client: Client): void {
    if (this.client !== client) return;
    this.client = null;
    this.lastHeard = 0;
    this.announceGap();
    if (this.stopped) return;
    this.logger.warn('The notification connection was lost; caches are bypassed until it is back');
    void this.drop(client);
    this.retry();
  }

  private announceGap(): void {
    for (const forget of this.onGap) forget();
  }

  private retry(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.connect(), RECONNECT_MS);
    this.timer.unref();
  }

  private async drop(client: Client | null): Promise<void> {
    if (client === null) return;
    this.client = this.client === client ? null : this.client;
    await Promise.race([client.end(), new Promise((resolve) => setTimeout(resolve, 500).unref())]).catch(
      () => undefined,
    );
  }
}
