import { Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import type { QueryConfig, QueryResultRow } from 'pg';
import { Replicas } from '../../database/replicas.js';
import { Sql } from '../../database/sql.js';
import { RecentWriters } from './recent-writers.js';

const READER = Symbol('who reads, and may be shown what a replica has');

/**
 * Reads that may be some seconds old: lists and searches. They go to a replica,
 * confined as anywhere; whoever wrote a moment ago, and all else, is read for from
 * the primary.
 */
@Injectable()
export class ReplicaReads {
  constructor(
    private readonly sql: Sql,
    private readonly replicas: Replicas,
    private readonly writers: RecentWriters,
    private readonly cls: ClsService,
  ) {}

  /** From here on the current request reads for this person. */
  enter(userId: string): void {
    this.cls.set(READER, userId);
  }

  async rows<Row extends QueryResultRow>(statement: QueryConfig): Promise<Row[]> {
    const reader = this.cls.isActive() ? this.cls.get<string | undefined>(READER) : undefined;
    if (reader === undefined || this.sql.isInTransaction || (await this.writers.has(reader)))
      return this.sql.rows<Row>(statement);
    const rows = await this.replicas.with((pool) => this.sql.rowsFrom<Row>(pool, statement));
    return rows ?? this.sql.rows<Row>(statement);
  }
}
