import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { LogLine } from '../evaluation/evaluation.service.js';

/** Tells every replica which session has lines up to which number: `<session id> <seq>`. */
export const LOG_CHANNEL = 'cloudkeep_sandbox_log';

/** What a line tells listeners besides. */
export type LogEvent = 'decision' | 'session_ended';

export interface NewLine extends LogLine {
  readonly event?: LogEvent;
  readonly timestamp: Date;
}

/** A line as it is kept; `seq` is exact up to 2^53. */
export interface LogRow {
  readonly seq: number;
  readonly log_type: LogLine['log_type'];
  readonly level: LogLine['level'];
  readonly message: string;
  readonly data: Record<string, unknown> | null;
  readonly event: LogEvent | null;
  readonly timestamp: Date;
}

export interface LogFilter {
  readonly level: LogRow['level'] | null;
  readonly logType: LogRow['log_type'] | null;
}

const NO_FILTER: LogFilter = { level: null, logType: null };

/** What a log's listeners have to know of its session. */
export interface LogHead {
  readonly seq: number;
  readonly expires_at: Date;
  readonly end_reason: string | null;
}

@Injectable()
export class LogsRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * Adds lines in their order, one statement for all; none once the session has ended,
   * which closes its log. Numbers are given under the lock of the session's row, so a
   * reader that sees one sees all before it. The message to the replicas leaves with
   * the commit.
   */
  async append(sessionId: string, lines: readonly NewLine[]): Promise<void> {
    await this.sql.execute({
      name: 'sandbox-logs-append',
      text: `WITH numbered AS (
               UPDATE sandbox_sessions SET last_log_seq = last_log_seq + $2::int
               WHERE id = $1 AND ended_at IS NULL
               RETURNING id, organization_id, last_log_seq),
             written AS (
               INSERT INTO sandbox_logs
                 (session_id, seq, organization_id, log_type, level, message, data, event, "timestamp")
               SELECT s.id, s.last_log_seq - $2::int + l.number, s.organization_id,
                      l.log_type, l.level, l.message, l.data::jsonb, l.event, l.at
               FROM numbered s, unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
                 WITH ORDINALITY AS l (log_type, level, message, data, event, at, number))
             SELECT pg_notify('${LOG_CHANNEL}', id || ' ' || last_log_seq) FROM numbered`,
      values: [
        sessionId,
        lines.length,
        lines.map(({ log_type }) => log_type),
        lines.map(({ level }) => level),
        lines.map(({ message }) => message),
        lines.map(({ data }) => (data === undefined ? null : JSON.stringify(data))),
        lines.map(({ event }) => event ?? null),
        lines.map(({ timestamp }) => timestamp),
      ],
    });
  }

  /** In order, those after `after`. */
  async listAfter(
    sessionId: string,
    after: number,
    limit: number,
    { level, logType }: LogFilter = NO_FILTER,
  ): Promise<LogRow[]> {
    const rows = await this.sql.rows<Omit<LogRow, 'seq'> & { seq: string }>({
      name: 'sandbox-logs-list-after',
      text: `SELECT seq, log_type, level, message, data, event, "timestamp" FROM sandbox_logs
             WHERE session_id = $1 AND seq > $2
               AND ($4::text IS NULL OR level = $4) AND ($5::text IS NULL OR log_type = $5)
             ORDER BY seq LIMIT $3`,
      values: [sessionId, after, limit, level, logType],
    });
    return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
  }

  /** Null when there is no such session any more. */
  async head(sessionId: string): Promise<LogHead | null> {
    const row = await this.sql.row<Omit<LogHead, 'seq'> & { seq: string }>({
      name: 'sandbox-logs-head',
      text: `SELECT last_log_seq AS seq, expires_at, end_reason FROM sandbox_sessions WHERE id = $1`,
      values: [sessionId],
    });
    return row === null ? null : { ...row, seq: Number(row.seq) };
  }
}
