import { Injectable } from '@nestjs/common';
import { TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';

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
  ) {}

  /** TypeORM's manager, inside the current transaction when there is one. */
  get manager(): EntityManager {
    return this.host.tx;
  }

  async rows<Row extends QueryResultRow>(statement: QueryConfig): Promise<Row[]> {
    const { rows } = await (await this.connection()).query<Row>(statement);
    return rows;
  }

  async row<Row extends QueryResultRow>(statement: QueryConfig): Promise<Row | null> {
    return (await this.rows<Row>(statement))[0] ?? null;
  }

  /** @returns the number of rows written. */
  async execute(statement: QueryConfig): Promise<number> {
    return (await (await this.connection()).query(statement)).rowCount ?? 0;
  }

  /** Connections in the pool, for metrics. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  private async connection(): Promise<Pool | PoolClient> {
    const runner = this.host.tx.queryRunner;
    return runner === undefined ? this.pool : ((await runner.connect()) as PoolClient);
  }
}
