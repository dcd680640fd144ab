import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { Owner } from './owner.js';

export interface UploadRow {
  readonly id: string;
  readonly created_at: Date;
  readonly organization_id: string;
  readonly owner_id: string;
  readonly kind: 'direct' | 'tus';
  readonly file_name: string;
  readonly content_type: string;
  readonly size: number;
  readonly sha256: string | null;
  readonly collection: string;
  readonly resource_type: string | null;
  readonly resource_id: string | null;
  readonly metadata: Record<string, unknown> | null;
  readonly sent_metadata: string | null;
  readonly received: number;
  readonly parts: readonly string[];
  readonly expires_at: Date;
  readonly completed_at: Date | null;
  readonly file_id: string | null;
}

export type NewUpload = Omit<UploadRow, 'received' | 'parts' | 'completed_at' | 'file_id'>;

const INSERTED = `id, created_at, organization_id, owner_id, kind, file_name, content_type, size, sha256, collection,
  resource_type, resource_id, metadata, sent_metadata, expires_at`;
const COLUMNS = `${INSERTED.replace('size', 'size::float8 AS size')}, received::float8 AS received, parts,
  completed_at, file_id`;

/** Uploads by several requests. */
@Injectable()
export class PendingUploadsRepository {
  constructor(private readonly sql: Sql) {}

  async insert(upload: NewUpload): Promise<void> {
    await this.sql.execute({
      name: 'file-uploads-insert',
      text: `INSERT INTO file_uploads (${INSERTED})
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      values: [
        upload.id,
        upload.created_at,
        upload.organization_id,
        upload.owner_id,
        upload.kind,
        upload.file_name,
        upload.content_type,
        upload.size,
        upload.sha256,
        upload.collection,
        upload.resource_type,
        upload.resource_id,
        upload.metadata,
        upload.sent_metadata,
        upload.expires_at,
      ],
    });
  }

  find({ organizationId, ownerId }: Owner, kind: UploadRow['kind'], id: string): Promise<UploadRow | null> {
    return this.sql.row({
      name: 'file-uploads-find',
      text: `SELECT ${COLUMNS} FROM file_uploads
             WHERE id = $1 AND organization_id = $2 AND owner_id = $3 AND kind = $4`,
      values: [id, organizationId, ownerId, kind],
    });
  }

  /** Whosever it is: for who has its signed address. */
  findSigned(id: string): Promise<UploadRow | null> {
    return this.sql.row({
      name: 'file-uploads-find-signed',
      text: `SELECT ${COLUMNS} FROM file_uploads WHERE id = $1 AND kind = 'direct'`,
      values: [id],
    });
  }

  /** Bytes announced by those under way. */
  async announcedBytes({ organizationId, ownerId }: Owner, now: Date): Promise<number> {
    const row = await this.sql.row<{ bytes: number }>({
      name: 'file-uploads-announced-bytes',
      text: `SELECT coalesce(sum(size), 0)::float8 AS bytes FROM file_uploads
             WHERE owner_id = $1 AND organization_id = $2 AND completed_at IS NULL AND expires_at > $3`,
      values: [ownerId, organizationId, now],
    });
    return row?.bytes ?? 0;
  }

  /** From now on `writer` alone may add to it: whoever wrote before has lost it. */
  async assign(id: string, writer: string): Promise<void> {
    await this.sql.execute({
      name: 'file-uploads-assign',
      text: 'UPDATE file_uploads SET writer = $2 WHERE id = $1',
      values: [id, writer],
    });
  }

  /** @returns false, and nothing is added, where another may write by now, or `offset` is not its end. */
  async append(
    id: string,
    writer: string,
    offset: number,
    part: { readonly name: string; readonly bytes: number },
  ): Promise<boolean> {
    const written = await this.sql.execute({
      name: 'file-uploads-append',
      text: `UPDATE file_uploads SET received = received + $4, parts = parts || $5::text
             WHERE id = $1 AND writer = $2 AND received = $3 AND completed_at IS NULL`,
      values: [id, writer, offset, part.bytes, part.name],
    });
    return written > 0;
  }

  /** Part of the caller's unit of work. @returns false where it is complete already, or gone. */
  async complete(id: string, fileId: string, now: Date): Promise<boolean> {
    const written = await this.sql.execute({
      name: 'file-uploads-complete',
      text: `UPDATE file_uploads SET completed_at = $3, file_id = $2, parts = '{}'
             WHERE id = $1 AND completed_at IS NULL`,
      values: [id, fileId, now],
    });
    return written > 0;
  }

  /** @returns false where it is complete, or gone. */
  async abandon({ organizationId, ownerId }: Owner, id: string): Promise<boolean> {
    const removed = await this.sql.execute({
      name: 'file-uploads-abandon',
      text: `DELETE FROM file_uploads
             WHERE id = $1 AND organization_id = $2 AND owner_id = $3 AND completed_at IS NULL`,
      values: [id, organizationId, ownerId],
    });
    return removed > 0;
  }

  /** @returns the ids of some that have expired, whatever became of them; they are gone. */
  async removeExpired(now: Date, limit: number): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: `DELETE FROM file_uploads WHERE id IN (
               SELECT id FROM file_uploads WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
             RETURNING id`,
      values: [now, limit],
    });
    return rows.map(({ id }) => id);
  }

  /** Which of these there are. */
  async known(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.sql.rows<{ id: string }>({
      text: 'SELECT id FROM file_uploads WHERE id = ANY ($1::uuid[])',
      values: [ids],
    });
    return new Set(rows.map(({ id }) => id));
  }

  /** All of somebody, oldest first, those after `after`. */
  listOf({ organizationId, ownerId }: Owner, after: string, limit: number): Promise<UploadRow[]> {
    return this.sql.rows({
      text: `SELECT ${COLUMNS} FROM file_uploads WHERE owner_id = $1 AND organization_id = $2 AND id > $3
             ORDER BY id LIMIT $4`,
      values: [ownerId, organizationId, after, limit],
    });
  }

  /** Of one person, or with null of all of an organisation. @returns the ids of those that are gone. */
  async removeAll(organizationId: string, ownerId: string | null): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: `DELETE FROM file_uploads WHERE organization_id = $1 AND ($2::uuid IS NULL OR owner_id = $2) RETURNING id`,
      values: [organizationId, ownerId],
    });
    return rows.map(({ id }) => id);
  }
}
