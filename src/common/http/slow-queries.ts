import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { DatabaseConfig } from '../../config/database.js';
import { Statements, type StatementRun } from '../../database/statements.js';
import { Metrics } from './metrics.js';
import { RequestContext } from './request-context.js';

/** Where a database is sick every statement is slow, and the log is needed for other things. */
const MOST_LINES = 20;
const WINDOW_MS = 60_000;
const LONGEST_TEXT = 4_096;

/** Tells of statements that take longer than `SLOW_QUERY_MS`, without their values: all are counted, some logged. */
@Injectable()
export class SlowQueries {
  private readonly logger = new Logger(SlowQueries.name);
  private readonly counter: Counter<'statement'>;
  private windowBegan = -Infinity;
  private lines = 0;
  private unlogged = 0;

  constructor(
    { slowQueryMs }: DatabaseConfig,
    statements: Statements,
    private readonly context: RequestContext,
    { registry }: Metrics,
  ) {
    this.counter = new Counter({
      name: 'cloudkeep_slow_queries_total',
      help: 'Statements that took longer than SLOW_QUERY_MS, by the name of those that have one.',
      labelNames: ['statement'],
      registers: [registry],
    });
    if (slowQueryMs !== null) statements.onSlow(slowQueryMs, (run) => this.report(run));
  }

  private report({ text, name, milliseconds, rows, error }: StatementRun): void {
    this.counter.inc({ statement: name ?? 'unnamed' });
    if (!this.mayLog()) {
      this.unlogged++;
      return;
    }
    const statement = text.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_TEXT);
    this.logger.warn({
      msg: 'slow query',
      statement,
      name,
      duration_ms: Math.round(milliseconds),
      rows,
      ...(error === null ? {} : { error }),
      request_id: this.context.requestId,
      ...(this.unlogged === 0 ? {} : { unlogged_before: this.unlogged }),
    });
    this.unlogged = 0;
  }

  private mayLog(): boolean {
    const now = performance.now();
    if (now - this.windowBegan > WINDOW_MS) {
      this.windowBegan = now;
      this.lines = 0;
    }
    return this.lines++ < MOST_LINES;
  }
}
