import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

export interface AuditArchiveRow {
  readonly organization_id: string;
  readonly month: string;
  readonly rows: number;
  /** The signed manifest. */
  readonly body: string;
}

const COLUMNS = 'organization_id, month, rows::float8 AS rows, body';

@Injectable()
export class AuditArchivesRepository {
  constructor(private readonly sql: Sql) {}

  newest(organizationId: string): Promise<AuditArchiveRow | null> {
    return this.sql.row({
      text: `SELECT ${COLUMNS} FROM audit_archives WHERE organization_id = $1 ORDER BY month DESC LIMIT 1`,
      values: [organizationId],
    });
  }

  async insert(archives: readonly AuditArchiveRow[]): Promise<void> {
    await this.sql.execute({
      text: `INSERT INTO audit_archives (organization_id, month, rows, body)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[])`,
      values: [
        archives.map((archive) => archive.organization_id),
        archives.map(({ month }) => month),
        archives.map(({ rows }) => rows),
        archives.map(({ body }) => body),
      ],
    });
  }

  /** Whose manifests the object store does not have yet. */
  notStored(): Promise<AuditArchiveRow[]> {
    return this.sql.rows({ text: `SELECT ${COLUMNS} FROM audit_archives WHERE stored_at IS NULL` });
  }

  async markStored({ organization_id, month }: AuditArchiveRow, now: Date): Promise<void> {
    await this.sql.execute({
      text: 'UPDATE audit_archives SET stored_at = $3 WHERE organization_id = $1 AND month = $2',
      values: [organization_id, month, now],
    });
  }
}
