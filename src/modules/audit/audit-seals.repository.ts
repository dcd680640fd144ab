import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { ChainHead } from './audit-chain.repository.js';

export interface SealPlace {
  readonly organization_id: string;
  readonly seq: number;
}

export interface UnsealedEnd extends ChainHead {
  /** Where the newest seal is, and its text. */
  readonly sealed: number;
  readonly body: string | null;
  /** By the clock that rows of the trail have their time from. */
  readonly now: Date;
}

export interface SealRow extends SealPlace {
  readonly body: string;
  readonly is_stored: boolean;
}

const COLUMNS = 'organization_id, seq::float8 AS seq, body, stored_at IS NOT NULL AS is_stored';

@Injectable()
export class AuditSealsRepository {
  constructor(private readonly sql: Sql) {}

  /** Ends of chains that have grown since their newest seal. */
  unsealed(): Promise<UnsealedEnd[]> {
    return this.sql.rows({
      text: `WITH RECURSIVE chains AS (
               (SELECT organization_id FROM audit_chain ORDER BY organization_id LIMIT 1)
               UNION ALL
               SELECT (SELECT c.organization_id FROM audit_chain c WHERE c.organization_id > chains.organization_id
                       ORDER BY c.organization_id LIMIT 1)
               FROM chains WHERE chains.organization_id IS NOT NULL)
             SELECT chains.organization_id, h.seq::float8 AS seq, h.hash, coalesce(s.seq, 0)::float8 AS sealed, s.body,
                    statement_timestamp() AS now
             FROM chains
             CROSS JOIN LATERAL (SELECT seq, hash FROM audit_chain c WHERE c.organization_id = chains.organization_id
                                 ORDER BY seq DESC LIMIT 1) AS h
             LEFT JOIN LATERAL (SELECT seq, body FROM audit_seals s WHERE s.organization_id = chains.organization_id
                                ORDER BY seq DESC LIMIT 1) AS s ON true
             WHERE h.seq > coalesce(s.seq, 0)`,
    });
  }

  /** When the first row after `after`, and the one at `to`, happened. */
  async span(organizationId: string, after: number, to: number): Promise<(Date | null)[]> {
    const rows = await this.sql.rows<{ created_at: Date | null }>({
      text: `SELECT a.created_at FROM audit_chain c LEFT JOIN audit_logs a ON a.id = c.log_id
             WHERE c.organization_id = $1 AND c.seq IN ($2::bigint + 1, $3) ORDER BY c.seq`,
      values: [organizationId, after, to],
    });
    return [rows[0]?.created_at ?? null, rows.at(-1)?.created_at ?? null];
  }

  async insert(organizationId: string, seq: number, body: string): Promise<void> {
    await this.sql.execute({
      text: `INSERT INTO audit_seals (organization_id, seq, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      values: [organizationId, seq, body],
    });
  }

  /** Those after `after` that the object store does not have yet. */
  notStored(after: SealPlace, limit: number): Promise<SealRow[]> {
    return this.sql.rows({
      text: `SELECT ${COLUMNS} FROM audit_seals WHERE stored_at IS NULL AND (organization_id, seq) > ($1, $2)
             ORDER BY organization_id, seq LIMIT $3`,
      values: [after.organization_id, after.seq, limit],
    });
  }

  async markStored({ organization_id, seq }: SealRow): Promise<void> {
    await this.sql.execute({
      text: 'UPDATE audit_seals SET stored_at = statement_timestamp() WHERE organization_id = $1 AND seq = $2',
      values: [organization_id, seq],
    });
  }

  /** In their order. */
  between(organizationId: string, after: number, to: number): Promise<SealRow[]> {
    return this.sql.rows({
      text: `SELECT ${COLUMNS} FROM audit_seals WHERE organization_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq`,
      values: [organizationId, after, to],
    });
  }

  newestStored(organizationId: string): Promise<SealRow | null> {
    return this.sql.row({
      text: `SELECT ${COLUMNS} FROM audit_seals WHERE organization_id = $1 AND stored_at IS NOT NULL
             ORDER BY seq DESC LIMIT 1`,
      values: [organizationId],
    });
  }
}
