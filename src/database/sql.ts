import { Injectable } from '@nestjs/common';
import { TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { DatabaseUrl } from './database-url.js';
import { TENANT_SETTING } from './data-source.js';
import { TenantContext } from './tenant-context.js';

/**
 * The way repositories reach the database: the entity manager of the current
 * transaction, or plain statements on its connection. A statement with a `name`
 * is prepared once per connection, which halves its cost on the hot path.
 */
@Injectable()
export class Sql {
  constructor(
    private readonly host: TransactionHost<TransactionalAdapterTypeOrm>,
    private readonly dataSource: DataSource,
    private readonly tenant: TenantContext,
    private readonly url: DatabaseUrl,
  ) {}

  /**
   * TypeORM's manager, inside the current transaction.
   *
   * @throws Error outside of one in the name of a caller, whom nothing would confine there.
   */
  get manager(): EntityManager {
    if (this.host.tx.queryRunner === undefined && this.tenant.current !== null) {
      throw new Error('In a request the entity manager is used inside a unit of work');
    }
    return this.host.tx;
  }

  async rows<Row extends QueryResultRow>(statement: QueryConfig): Promise<Row[]> {
    return (await this.query<Row>(statement)).rows;
  }

  async row<Row extends QueryResultRow>(statement: QueryConfig): Promise<Row | null> {
    return (await this.rows<Row>(statement))[0] ?? null;
  }

  /** @returns the number of rows written. */
  async execute(statement: QueryConfig): Promise<number> {
    return (await this.query(statement)).rowCount ?? 0;
  }

  /** For what takes longer than a request may: of a unit of work the statements from here on. */
  async liftTimeLimit(): Promise<void> {
    await this.execute({ text: 'SET LOCAL statement_timeout = 0' });
  }

  /** Rows from another server's copy of the database, confined as anywhere else. */
  async rowsFrom<Row extends QueryResultRow>(pool: Pool, statement: QueryConfig): Promise<Row[]> {
    return (await this.queryOn<Row>(pool, statement)).rows;
  }

  /** Whether a transaction is open, which sees what it wrote itself. */
  get isInTransaction(): boolean {
    return this.host.tx.queryRunner !== undefined;
  }

  /** Of the primary: what is asked outside of a transaction goes through it. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  private async query<Row extends QueryResultRow>(given: QueryConfig): Promise<QueryResult<Row>> {
    const statement = this.url.isPooled ? unprepared(given) : given;
    const runner = this.host.tx.queryRunner;
    if (runner !== undefined) return ((await runner.connect()) as PoolClient).query<Row>(statement);
    return this.queryOn<Row>(this.pool, statement);
  }

  private async queryOn<Row extends QueryResultRow>(
    pool: Pool,
    statement: QueryConfig,
  ): Promise<QueryResult<Row>> {
    const organizationId = this.tenant.current;
    // Not by the pool's own `query`: in a queue for a connection that forgets whose statement it is.
    const client = await pool.connect();
    try {
      return await (organizationId === null
        ? client.query<Row>(statement)
        : queryAs<Row>(client, organizationId, statement));
    } finally {
      client.release();
    }
  }
}

/** A statement by itself, in a transaction that shows only the organisation's rows. */
async function queryAs<Row extends QueryResultRow>(
  client: PoolClient,
  organizationId: string,
  statement: QueryConfig,
): Promise<QueryResult<Row>> {
  const confine = `SET LOCAL ${TENANT_SETTING} = ${client.escapeLiteral(organizationId)}`;
  // Sent together, in one round trip. After a failure COMMIT rolls back, so the connection is clean in any case.
  const queued = [
    client.query(`BEGIN; ${confine}`),
    client.query<Row>(statement),
    client.query('COMMIT'),
  ] as const;
  await Promise.allSettled(queued);
  return (await Promise.all(queued))[1];
}

/** What one connection has prepared, another does not know. */
function unprepared({ text, values }: QueryConfig): QueryConfig {
  return values === undefined ? { text } : { text, values };
}
