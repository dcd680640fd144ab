import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { directPoolOptions } from './data-source.js';
import { DatabaseUrl } from './database-url.js';
import { Sql } from './sql.js';
import { Statements } from './statements.js';
import { watchedBy } from './watched-client.js';

/** The one of the jobs' locks, and another while a broken one is still waited for. */
const MOST = 2;

/** Connections that stay the same from one statement to the next, for locks that live as long as they. */
@Injectable()
export class SessionConnections implements OnApplicationShutdown {
  private readonly direct: pg.Pool | null;

  constructor(
    private readonly sql: Sql,
    url: DatabaseUrl,
    statements: Statements,
  ) {
    const options = directPoolOptions(url.direct, MOST, watchedBy(statements));
    this.direct = url.isPooled ? new pg.Pool(options) : null;
    this.direct?.on('error', () => undefined);
  }

  /** Whoever takes one releases it. */
  connect(): Promise<pg.PoolClient> {
    return (this.direct ?? this.sql.pool).connect();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.direct?.end();
  }
}
