import { Injectable } from '@nestjs/common';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { Sql } from '../../database/sql.js';
import type { AuditFilters } from './audit.repository.js';
import { detailsOf, type ChainLink, type TrailRecord } from './chain-record.js';

export interface ChainHead {
  readonly organization_id: string;
  readonly seq: number;
  readonly hash: Buffer;
}

/** A link with its row; null where the row is gone. */
export interface ChainRow extends ChainLink {
  readonly record: TrailRecord | null;
}

export type NewLink = ChainLink & Pick<ChainHead, 'organization_id'>;

/** Some rows of the trail, seen whether they are bound. */
export interface Stretch {
  readonly rows: number;
  readonly last: string | null;
  readonly unchained: string | null;
}

type RawRecord = TrailRecord & { readonly details: string };
type RawLink = ChainLink & { readonly found: boolean } & RawRecord;

/** As hashed: `format` leaves out the mask of a single address. */
const RECORD = `a.id, to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at,
  a.organization_id, a.user_id, a.action, a.resource, a.details::text AS details,
  CASE WHEN a.ip IS NOT NULL THEN format('%s', a.ip) END AS ip, a.user_agent, a.request_id`;

/** Not as a join: where millions wait to be bound, each stretch would read and sort all of them. */
const IN_NO_CHAIN = '(SELECT true FROM audit_chain c WHERE c.log_id = a.id) IS NULL';

@Injectable()
export class AuditChainRepository {
  constructor(private readonly sql: Sql) {}

  /** Held until the transaction ends: a chain has one end, however many replicas write to it. */
  async lock(): Promise<void> {
    await this.sql.execute({ text: 'SELECT pg_advisory_xact_lock($1)', values: [AdvisoryLock.auditChain] });
    await this.sql.liftTimeLimit();
  }

  /** The time that rows of the trail are given. */
  async now(): Promise<number> {
    const row = await this.sql.row<{ now: Date }>({ text: 'SELECT statement_timestamp() AS now' });
    if (row === null) throw new Error('The database does not tell the time');
    return row.now.getTime();
  }

  /** Rows after `after` up to `last` that are in no chain, in the order of their ids. */
  async unchained(after: string, last: string): Promise<TrailRecord[]> {
    const rows = await this.sql.rows<RawRecord>({
      text: `SELECT ${RECORD} FROM audit_logs a
             WHERE a.id > $1 AND a.id <= $2 AND ${IN_NO_CHAIN} ORDER BY a.id`,
      values: [after, last],
    });
    return rows.map((row) => ({ ...row, details: detailsOf(row.details) }));
  }

  /** The first organisation after `after` that has a chain; null where there is none. */
  async organizationAfter(after: string | null): Promise<string | null> {
    const row = await this.sql.row<{ organization_id: string }>({
      text: `SELECT organization_id FROM audit_chain WHERE $1::uuid IS NULL OR organization_id > $1
             ORDER BY organization_id LIMIT 1`,
      values: [after],
    });
    return row?.organization_id ?? null;
  }

  /** Of those of these organisations that have one. */
  heads(organizationIds: readonly string[]): Promise<ChainHead[]> {
    return this.sql.rows({
      text: `SELECT o.id AS organization_id, h.seq::float8 AS seq, h.hash
             FROM unnest($1::uuid[]) AS o (id) CROSS JOIN LATERAL
               (SELECT seq, hash FROM audit_chain c WHERE c.organization_id = o.id ORDER BY seq DESC LIMIT 1) AS h`,
      values: [organizationIds],
    });
  }

  async append(links: readonly NewLink[]): Promise<void> {
    await this.sql.execute({
      text: `INSERT INTO audit_chain (organization_id, seq, log_id, digest, hash)
             SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[], $5::bytea[])`,
      values: [
        links.map((link) => link.organization_id),
        links.map(({ seq }) => seq),
        links.map((link) => link.log_id),
        links.map(({ digest }) => digest),
        links.map(({ hash }) => hash),
      ],
    });
  }

  /** In their order, those after `after` up to `to`; with filters only of rows that are there. */
  async page(
    organizationId: string,
    { after, to }: { readonly after: number; readonly to: number },
    limit: number,
    filters: AuditFilters = {},
  ): Promise<ChainRow[]> {
    const rows = await this.sql.rows<RawLink>({
      text: `SELECT c.seq::float8 AS seq, c.log_id, c.digest, c.hash, a.id IS NOT NULL AS found, ${RECORD}
             FROM audit_chain c LEFT JOIN audit_logs a ON a.id = c.log_id
             WHERE c.organization_id = $1 AND c.seq > $2 AND c.seq <= $3
               AND ($4::uuid IS NULL OR a.user_id = $4) AND ($5::text IS NULL OR a.action = $5)
               AND ($6::text IS NULL OR a.resource = $6) AND ($7::inet IS NULL OR a.ip <<= $7)
               AND ($8::timestamptz IS NULL OR a.created_at >= $8) AND ($9::timestamptz IS NULL OR a.created_at < $9)
             ORDER BY c.seq LIMIT $10`,
      values: [
        organizationId,
        after,
        to,
        filters.user_id ?? null,
        filters.action ?? null,
        filters.resource ?? null,
        filters.ip ?? null,
        filters.from ?? null,
        filters.to ?? null,
        limit,
      ],
    });
    return rows.map(chainRow);
  }

  /** The last link of which, and before which, all rows have lesser ids than `id`; null where there is none. */
  lastBefore(organizationId: string, id: string): Promise<ChainHead | null> {
    return this.sql.row({
      text: `SELECT organization_id, seq::float8 AS seq, hash FROM audit_chain
             WHERE organization_id = $1 AND seq < coalesce(
               (SELECT seq FROM audit_chain WHERE organization_id = $1 AND log_id >= $2 ORDER BY seq LIMIT 1),
               ${Number.MAX_SAFE_INTEGER})
             ORDER BY seq DESC LIMIT 1`,
      values: [organizationId, id],
    });
  }

  /** The first `most` links before `seq`. @returns how many went. */
  prune(organizationId: string, seq: number, most: number): Promise<number> {
    return this.sql.execute({
      text: `DELETE FROM audit_chain WHERE organization_id = $1 AND seq IN (
               SELECT seq FROM audit_chain WHERE organization_id = $1 AND seq < $2 ORDER BY seq LIMIT $3)`,
      values: [organizationId, seq, most],
    });
  }

  /**
   * A stretch of rows in the order of their ids: how many, the last, and the first that is in no chain.
   *
   * @param organizationId null for all of them.
   */
  async stretch(
    organizationId: string | null,
    { after, before }: { readonly after: string; readonly before: string },
    limit: number,
  ): Promise<Stretch> {
    const stretch = await this.sql.row<Stretch & Record<string, unknown>>({
      text: `WITH stretch AS MATERIALIZED (
               SELECT id FROM audit_logs WHERE ($1::uuid IS NULL OR organization_id = $1) AND id > $2 AND id < $3
               ORDER BY id LIMIT $4)
             SELECT (SELECT count(*)::int FROM stretch) AS rows, (SELECT id FROM stretch ORDER BY id DESC LIMIT 1) AS last,
                    (SELECT a.id FROM stretch a WHERE ${IN_NO_CHAIN} ORDER BY a.id LIMIT 1) AS unchained`,
      values: [organizationId, after, before, limit],
    });
    return stretch ?? { rows: 0, last: null, unchained: null };
  }
}

function chainRow({ seq, log_id, digest, hash, found, ...record }: RawLink): ChainRow {
  return {
    seq,
    log_id,
    digest,
    hash,
    record: found ? { ...record, details: detailsOf(record.details) } : null,
  };
}
