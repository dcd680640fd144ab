import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** Nobody's change waits longer for a partition to come or go; the next run tries again. */
const LOCK_TIMEOUT = '5s';

/** The months of the trail, named such as `2026_01`. */
@Injectable()
export class AuditPartitionsRepository {
  constructor(private readonly sql: Sql) {}

  /** Partitions up to the month of `newest`. @returns how many were made. */
  async extend(newest: Date): Promise<number> {
    await this.sql.execute({ text: `SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'` });
    const row = await this.sql.row<{ made: number }>({
      text: 'SELECT extend_audit_partitions($1) AS made',
      values: [newest],
    });
    return row?.made ?? 0;
  }

  /** Those before `before`, oldest first. */
  async monthsBefore(before: string): Promise<string[]> {
    const rows = await this.sql.rows<{ month: string }>({
      text: `SELECT right(relname, 7) AS month FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid
             WHERE inhparent = 'audit_logs'::regclass AND relname ~ '^audit_logs_\\d{4}_\\d{2}$'
               AND right(relname, 7) < $1
             ORDER BY 1`,
      values: [before],
    });
    return rows.map(({ month }) => month);
  }

  /** How many rows have lesser ids than `id`, and how far into its chain, of each organisation. In a transaction. */
  async extents(id: string): Promise<{ organization_id: string; rows: number; last: number }[]> {
    await this.sql.liftTimeLimit();
    return this.sql.rows({
      text: `SELECT a.organization_id, count(*)::float8 AS rows, max(c.seq)::float8 AS last
             FROM audit_logs a JOIN audit_chain c ON c.log_id = a.id WHERE a.id < $1 GROUP BY 1 ORDER BY 1`,
      values: [id],
    });
  }

  /** Waits for whoever writes, and keeps all others waiting until the transaction ends. @returns rows with lesser ids than `id`. */
  async lockAndCount(id: string): Promise<number> {
    await this.sql.execute({ text: `SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'` });
    await this.sql.execute({ text: 'LOCK TABLE audit_logs IN ACCESS EXCLUSIVE MODE' });
    const row = await this.sql.row<{ rows: number }>({
      text: 'SELECT count(*)::float8 AS rows FROM audit_logs WHERE id < $1',
      values: [id],
    });
    return row?.rows ?? 0;
  }

  /** The month and whatever is before it. */
  async drop(month: string): Promise<void> {
    await this.sql.execute({ text: 'SELECT drop_audit_partitions($1)', values: [month] });
  }
}
