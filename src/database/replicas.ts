import { Logger } from '@nestjs/common';
import pg from 'pg';
import { replicaPoolOptions } from './data-source.js';
import type { Statements } from './statements.js';
import { watchedBy } from './watched-client.js';

const LOOK_EVERY_MS = 250;
/** What is further behind is not read from. */
export const MOST_LAG_MS = 5_000;

/** A position in the write-ahead log, and when the primary was there, on the monotonic clock. */
interface Moment {
  readonly at: number;
  readonly position: bigint;
}

/** A streaming replica, and as of when it has everything. */
class Replica {
  readonly pool: pg.Pool;
  private freshAsOf = -Infinity;
  private isLeftOut = true;
  private isLooking = false;
  private readonly logger = new Logger('Replicas');
  private readonly name: string;

  constructor(url: string, poolSize: number, statements: Statements) {
    this.pool = new pg.Pool(replicaPoolOptions(url, poolSize, watchedBy(statements)));
    this.pool.on('error', () => undefined);
    this.name = new URL(url).host;
  }

  get isFresh(): boolean {
    return performance.now() - this.freshAsOf <= MOST_LAG_MS;
  }

  /** @param moments of the primary, oldest first. */
  async look(moments: readonly Moment[]): Promise<void> {
    // One that hangs is waited for once, and by nobody else.
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const { rows } = await this.pool.query<{ position: string | null }>(
        `SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn AS position WHERE pg_is_in_recovery()`,
      );
      const position = BigInt(rows[0]?.position ?? -1);
      this.freshAsOf = moments.findLast((moment) => moment.position <= position)?.at ?? this.freshAsOf;
    } catch {
      this.failed();
    }
    this.isLooking = false;
    if (this.isFresh === this.isLeftOut) this.tell();
  }

  /** Not asked again before it has answered a look. */
  failed(): void {
    this.freshAsOf = -Infinity;
  }

  private tell(): void {
    this.isLeftOut = !this.isFresh;
    if (this.isLeftOut)
      this.logger.warn(`Replica ${this.name} is down or too far behind: reads go to the primary`);
    else this.logger.log(`Replica ${this.name} has caught up`);
  }
}

/**
 * The replicas that may be read from. How far each is behind is measured by where
 * the primary was and when, so neither an idle primary nor a wrong clock deceives.
 */
export class Replicas {
  private readonly replicas: readonly Replica[];
  private moments: Moment[] = [];
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;
  private turn = 0;

  constructor(
    private readonly primary: () => pg.Pool,
    urls: readonly string[],
    poolSize: number,
    statements: Statements,
  ) {
    this.replicas = urls.map((url) => new Replica(url, poolSize, statements));
  }

  async start(): Promise<void> {
    if (this.replicas.length === 0) return;
    await this.look();
    if (!this.isStopped) this.timer = setTimeout(() => void this.start(), LOOK_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await Promise.all(this.replicas.map(({ pool }) => pool.end()));
  }

  /** Does the work with one that is fresh, in turn; null where there is none, or it fails for want of an answer. */
  async with<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T | null> {
    const fresh = this.replicas.filter(({ isFresh }) => isFresh);
    const replica = fresh[this.turn++ % fresh.length];
    if (replica === undefined) return null;
    try {
      return await work(replica.pool);
    } catch {
      // Whatever is wrong with the statement itself, the primary will say.
      replica.failed();
      return null;
    }
  }

  private async look(): Promise<void> {
    const at = performance.now();
    try {
      const { rows } = await this.primary().query<{ position: string }>(
        `SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS position`,
      );
      this.moments = this.moments.filter((moment) => at - moment.at <= MOST_LAG_MS);
      this.moments.push({ at, position: BigInt(rows[0]?.position ?? -1) });
    } catch {
      // Without news of the primary the replicas grow old, and are left out.
    }
    for (const replica of this.replicas) void replica.look(this.moments);
  }
}
