import { Injectable } from '@nestjs/common';
import { newIdAfterTime } from '../../common/crypto/ids.js';
import { readCursor } from '../../common/pagination/pagination.js';
import { ReplicaReads } from '../../common/replicas/replica-reads.js';
import { Sql } from '../../database/sql.js';

export interface AuditRow {
  readonly id: string;
  readonly created_at: Date;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly action: string;
  readonly resource: string;
  readonly details: Record<string, unknown>;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly request_id: string | null;
}

export interface NewAuditRow extends Omit<AuditRow, 'id' | 'created_at'> {
  /** When it happened, by `performance.now()`. */
  readonly happenedAt: number;
}

export interface AuditFilters {
  readonly user_id?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly ip?: string;
  readonly from?: Date;
  readonly to?: Date;
}

@Injectable()
export class AuditRepository {
  constructor(
    private readonly sql: Sql,
    private readonly reads: ReplicaReads,
  ) {}

  /**
   * Any number of rows in one statement; in the current transaction when there is one. The time of
   * a row and of its id are the database's, whatever this machine's clock says: a trail has one clock.
   */
  async insert(rows: readonly NewAuditRow[]): Promise<void> {
    const now = performance.now();
    await this.sql.execute({
      name: 'audit-insert',
      text: `INSERT INTO audit_logs
               (id, created_at, organization_id, user_id, action, resource, details, ip, user_agent, request_id)
             SELECT ((SELECT left(audit_id_at(statement_timestamp() AT TIME ZONE 'UTC')::text, 14)) || id)::uuid,
                    statement_timestamp() - age * interval '1 millisecond',
                    organization_id, user_id, action, resource, details, ip, user_agent, request_id
             FROM unnest($1::text[], $2::float8[], $3::uuid[], $4::uuid[], $5::text[], $6::text[],
                         $7::jsonb[], $8::inet[], $9::text[], $10::text[])
               AS row (id, age, organization_id, user_id, action, resource, details, ip, user_agent, request_id)`,
      values: [
        rows.map(() => newIdAfterTime()),
        rows.map((row) => now - row.happenedAt),
        rows.map((row) => row.organization_id),
        rows.map((row) => row.user_id),
        rows.map((row) => row.action),
        rows.map((row) => row.resource),
        rows.map((row) => JSON.stringify(row.details)),
        rows.map((row) => row.ip),
        rows.map((row) => row.user_agent),
        rows.map((row) => row.request_id),
      ],
    });
  }

  /** Newest first. */
  list(organizationId: string, filters: AuditFilters, limit: number, cursor?: string): Promise<AuditRow[]> {
    return this.reads.rows<AuditRow>({
      text: `SELECT id, created_at, organization_id, user_id, action, resource, details, host(ip) AS ip, user_agent, request_id
             FROM audit_logs
             WHERE organization_id = $1 AND ($2::uuid IS NULL OR id < $2)
               AND ($3::uuid IS NULL OR user_id = $3) AND ($4::text IS NULL OR action = $4)
               AND ($5::text IS NULL OR resource = $5) AND ($6::inet IS NULL OR ip <<= $6)
               AND ($7::timestamptz IS NULL OR created_at >= $7) AND ($8::timestamptz IS NULL OR created_at < $8)
             ORDER BY id DESC LIMIT $9`,
      values: [
        organizationId,
        readCursor(cursor)?.id ?? null,
        filters.user_id ?? null,
        filters.action ?? null,
        filters.resource ?? null,
        filters.ip ?? null,
        filters.from ?? null,
        filters.to ?? null,
        limit + 1,
      ],
    });
  }
}
