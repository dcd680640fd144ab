import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Sql } from '../../database/sql.js';
import type { FileVersionRow } from './file-versions.repository.js';
import type { Owner, Reach } from './owner.js';
import type { Origin } from './request-origin.js';

export interface FileLinkRow {
  readonly id: string;
  readonly created_at: Date;
  readonly organization_id: string;
  readonly file_id: string;
  readonly version: number;
  readonly created_by: string;
  readonly expires_at: Date;
  readonly max_uses: number | null;
  readonly uses: number;
  readonly last_used_at: Date | null;
  readonly ip: string | null;
  readonly disposition: 'attachment' | 'inline';
}

export interface NewFileLink {
  readonly fileId: string;
  /** Null for the current one. */
  readonly version: number | null;
  readonly createdBy: string;
  readonly expiresAt: Date;
  readonly maxUses: number | null;
  readonly ip: string | null;
  readonly disposition: 'attachment' | 'inline';
}

/** A link as somebody opens it, with what it leads to. */
export interface OpenedLink extends FileVersionRow {
  readonly organization_id: string;
  readonly file_id: string;
  readonly file_name: string;
  readonly disposition: 'attachment' | 'inline';
  readonly expires_at: Date;
  readonly is_limited: boolean;
  /** Whether only some addresses may open it. */
  readonly is_bound: boolean;
  readonly shared_by: string;
  readonly owner_id: string;
  /** Whether the file is not in the trash, and who shared it still belongs here. */
  readonly is_there: boolean;
  readonly is_address_allowed: boolean;
  /** Whether a use was left; this opening has it then. */
  readonly is_granted: boolean;
}

const COLUMNS = `id, created_at, organization_id, file_id, version, created_by, expires_at, max_uses, uses, last_used_at,
  abbrev(ip) AS ip, disposition`;

@Injectable()
export class FileLinksRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * Makes a link to a file within reach and logs it, in one statement.
   *
   * @returns null where there is no such file or version.
   */
  insert(reach: Reach, link: NewFileLink, { ip, userAgent, now }: Origin): Promise<FileLinkRow | null> {
    return this.sql.row({
      name: 'file-links-insert',
      text: `WITH target AS (
               SELECT f.id, f.organization_id, v.number, v.object_key, v.storage_backend
               FROM files f JOIN file_versions v ON v.file_id = f.id AND v.number = coalesce($4, f.version)
               WHERE f.id = $1 AND f.organization_id = $2 AND ($3::uuid IS NULL OR f.owner_id = $3)
                 AND f.deleted_at IS NULL),
             logged AS (
               INSERT INTO file_access_logs (id, created_at, organization_id, user_id, file_id, file_key, action,
                 ip_address, user_agent, storage_backend, bytes)
               SELECT $11, $6, organization_id, $7, id, object_key, 'generate_url', $12::inet, $13, storage_backend, 0
               FROM target)
             INSERT INTO file_links (id, created_at, organization_id, file_id, version, created_by, expires_at,
               max_uses, ip, disposition)
             SELECT $5, $6, organization_id, id, number, $7, $8, $9, $10::inet, $14 FROM target
             RETURNING ${COLUMNS}`,
      values: [
        link.fileId,
        reach.organizationId,
        reach.ownerId,
        link.version,
        newId(),
        now,
        link.createdBy,
        link.expiresAt,
        link.maxUses,
        link.ip,
        newId(),
        ip,
        userAgent,
        link.disposition,
      ],
    });
  }

  /** Of a file that the caller has been let near: newest first, those before `before`. */
  list(fileId: string, now: Date, before: string, limit: number): Promise<FileLinkRow[]> {
    return this.sql.rows({
      name: 'file-links-list',
      text: `SELECT ${COLUMNS} FROM file_links WHERE file_id = $1 AND expires_at > $2 AND id < $3
             ORDER BY id DESC LIMIT $4`,
      values: [fileId, now, before, limit],
    });
  }

  /** @returns false where the file has no such link, or is not within reach. */
  async remove(reach: Reach, fileId: string, id: string): Promise<boolean> {
    const removed = await this.sql.execute({
      name: 'file-links-remove',
      text: `DELETE FROM file_links l USING files f
             WHERE l.id = $1 AND l.file_id = $2 AND f.id = l.file_id AND f.organization_id = $3
               AND ($4::uuid IS NULL OR f.owner_id = $4)`,
      values: [id, fileId, reach.organizationId, reach.ownerId],
    });
    return removed > 0;
  }

  /**
   * Finds what a link leads to and, of a limited one, takes a use, in one statement:
   * of many at once each sees what the others took. Of an unlimited one nothing is
   * written.
   *
   * @param takes false where it is only looked at.
   */
  open(id: string, takes: boolean, ip: string | null, now: Date): Promise<OpenedLink | null> {
    return this.sql.row({
      name: 'file-links-open',
      text: `WITH link AS (
               SELECT l.organization_id, l.file_id, l.disposition, l.expires_at, l.max_uses, l.uses,
                 l.created_by AS shared_by, f.owner_id, l.ip IS NOT NULL AS is_bound,
                 f.deleted_at IS NULL AND o.deletion_at IS NULL AND u.is_active IS NOT FALSE AS is_there,
                 l.ip IS NULL OR coalesce($3::inet <<= l.ip, false) AS is_address_allowed,
                 f.file_name, v.number, v.object_key, v.size::float8 AS size, v.content_type, v.sha256,
                 v.storage_backend, v.created_by, v.created_at
               FROM file_links l
                 JOIN files f ON f.id = l.file_id
                 JOIN file_versions v ON v.file_id = l.file_id AND v.number = l.version
                 JOIN organizations o ON o.id = l.organization_id
                 LEFT JOIN users u ON u.id = l.created_by
               WHERE l.id = $1),
             taken AS (
               UPDATE file_links SET uses = uses + 1, last_used_at = $4
               WHERE id = $1 AND $2 AND uses < max_uses
                 AND EXISTS (SELECT FROM link WHERE is_there AND is_address_allowed)
               RETURNING id)
             SELECT link.*, max_uses IS NOT NULL AS is_limited,
               CASE WHEN max_uses IS NULL THEN true WHEN $2 THEN EXISTS (SELECT FROM taken)
                 ELSE uses < max_uses END AS is_granted
             FROM link`,
      values: [id, takes, ip, now],
    });
  }

  /** Counts openings of links without limit, some at a time; locked in one order, as every replica counts the same. */
  async addUses(uses: readonly { id: string; count: number; lastAt: Date }[]): Promise<void> {
    await this.sql.execute({
      name: 'file-links-add-uses',
      text: `UPDATE file_links l SET uses = least(l.uses::bigint + n.count, 2147483647),
               last_used_at = greatest(l.last_used_at, n.last_at)
             FROM (SELECT file_links.id, opened.count, opened.last_at
                   FROM unnest($1::uuid[], $2::int[], $3::timestamptz[]) AS opened (id, count, last_at)
                     JOIN file_links ON file_links.id = opened.id
                   ORDER BY file_links.id FOR NO KEY UPDATE OF file_links) AS n
             WHERE l.id = n.id`,
      values: [uses.map(({ id }) => id), uses.map(({ count }) => count), uses.map(({ lastAt }) => lastAt)],
    });
  }

  /** All that somebody made, oldest first, those after `after`. */
  listOf({ organizationId, ownerId }: Owner, after: string, limit: number): Promise<FileLinkRow[]> {
    return this.sql.rows({
      text: `SELECT ${COLUMNS} FROM file_links WHERE organization_id = $1 AND created_by = $2 AND id > $3
             ORDER BY id LIMIT $4`,
      values: [organizationId, ownerId, after, limit],
    });
  }

  async removeOf({ organizationId, ownerId }: Owner): Promise<void> {
    await this.sql.execute({
      text: 'DELETE FROM file_links WHERE organization_id = $1 AND created_by = $2',
      values: [organizationId, ownerId],
    });
  }

  removeExpired(now: Date): Promise<number> {
    return this.sql.execute({ text: 'DELETE FROM file_links WHERE expires_at <= $1', values: [now] });
  }
}
