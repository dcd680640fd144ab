import { Injectable } from '@nestjs/common';
import { ReplicaReads } from '../../common/replicas/replica-reads.js';
import { Sql } from '../../database/sql.js';
import type { ExtractedMetadata } from './extraction/extracted-metadata.js';
import type { Owner, Reach } from './owner.js';
import type { StoredContent } from './file-contents.js';

export interface FileRow {
  readonly id: string;
  readonly created_at: Date;
  readonly organization_id: string;
  readonly owner_id: string;
  readonly collection: string;
  readonly resource_type: string | null;
  readonly resource_id: string | null;
  readonly file_name: string;
  readonly metadata: Record<string, unknown> | null;
  readonly extracted: ExtractedMetadata | null;
  readonly version: number;
  readonly file_key: string;
  readonly size: number;
  readonly content_type: string;
  readonly sha256: string;
  readonly storage_backend: string;
  readonly modified_at: Date;
  readonly updated_at: Date;
  readonly deleted_at: Date | null;
}

export interface FileFilters {
  readonly collection?: string;
  readonly resource_type?: string;
  readonly resource_id?: string;
  readonly q?: string;
  /** Those in the trash instead. */
  readonly deleted: boolean;
}

export interface FileChanges {
  readonly file_name?: string;
  readonly resource_type?: string | null;
  readonly resource_id?: string | null;
  readonly metadata?: Record<string, unknown> | null;
}

const COLUMNS = `id, created_at, organization_id, owner_id, collection, resource_type, resource_id, file_name, metadata,
  extracted, version, file_key, size::float8 AS size, content_type, sha256, storage_backend, modified_at, updated_at, deleted_at`;

@Injectable()
export class FilesRepository {
  constructor(
    private readonly sql: Sql,
    private readonly reads: ReplicaReads,
  ) {}

  /**
   * Keeps the owner's account from being erased until the transaction ends.
   *
   * @returns false when there is no such account.
   */
  async holdAccount({ ownerId, organizationId }: Owner): Promise<boolean> {
    const row = await this.sql.row({
      name: 'files-hold-account',
      text: 'SELECT id FROM users WHERE id = $1 AND organization_id = $2 FOR KEY SHARE',
      values: [ownerId, organizationId],
    });
    return row !== null;
  }

  /** A file with its first version, in one statement. */
  async insert(file: FileRow, versionId: string): Promise<void> {
    await this.sql.execute({
      name: 'files-insert',
      text: `WITH file AS (
               INSERT INTO files (id, created_at, organization_id, owner_id, collection, resource_type, resource_id,
                 file_name, metadata, extracted, version, file_key, size, content_type, sha256, storage_backend,
                 modified_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, $13, $14, $15, $2, $2)
               RETURNING *)
             INSERT INTO file_versions (id, created_at, organization_id, file_id, number, object_key, size,
               content_type, sha256, storage_backend, created_by)
             SELECT $16, created_at, organization_id, id, version, file_key, size, content_type, sha256,
               storage_backend, owner_id
             FROM file`,
      values: [
        file.id,
        file.created_at,
        file.organization_id,
        file.owner_id,
        file.collection,
        file.resource_type,
        file.resource_id,
        file.file_name,
        file.metadata,
        file.extracted,
        file.file_key,
        file.size,
        file.content_type,
        file.sha256,
        file.storage_backend,
        versionId,
      ],
    });
  }

  find(reach: Reach, id: string): Promise<FileRow | null> {
    return this.sql.row({
      name: 'files-find',
      text: `SELECT ${COLUMNS} FROM files
             WHERE id = $1 AND organization_id = $2 AND ($3::uuid IS NULL OR owner_id = $3) AND deleted_at IS NULL`,
      values: [id, reach.organizationId, reach.ownerId],
    });
  }

  /** Also from the trash; nobody else changes it until the transaction ends. */
  lock(reach: Reach, id: string): Promise<FileRow | null> {
    return this.sql.row({
      name: 'files-lock',
      text: `SELECT ${COLUMNS} FROM files
             WHERE id = $1 AND organization_id = $2 AND ($3::uuid IS NULL OR owner_id = $3) FOR UPDATE`,
      values: [id, reach.organizationId, reach.ownerId],
    });
  }

  /** Newest first, those before `before`. A statement for each set of filters: each has an index. */
  list(reach: Reach, filters: FileFilters, before: string, limit: number): Promise<FileRow[]> {
    const values: unknown[] = [reach.organizationId, before, limit];
    const conditions = ['organization_id = $1', 'id < $2'];
    const narrow = (condition: string, value: unknown) => {
      if (value !== undefined && value !== null) conditions.push(condition + String(values.push(value)));
    };
    narrow('owner_id = $', reach.ownerId);
    narrow('collection = $', filters.collection);
    narrow('resource_type = $', filters.resource_type);
    narrow('resource_id = $', filters.resource_id);
    narrow('file_name ILIKE $', filters.q === undefined ? undefined : containing(filters.q));
    conditions.push(filters.deleted ? 'deleted_at IS NOT NULL' : 'deleted_at IS NULL');
    return this.reads.rows({
      text: `SELECT ${COLUMNS} FROM files WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT $3`,
      values,
    });
  }

  /** Of a file that is locked. */
  async update(id: string, changes: FileChanges, now: Date): Promise<FileRow | null> {
    const values: unknown[] = [id, now];
    const sets = Object.entries(changes).map(([column, value]) => `${column} = $${values.push(value)}`);
    return this.sql.row({
      text: `UPDATE files SET ${['updated_at = $2', ...sets].join(', ')} WHERE id = $1 RETURNING ${COLUMNS}`,
      values,
    });
  }

  /** Of a file that is locked: a further version, which becomes the current one. */
  addVersion(id: string, content: StoredContent, by: string, now: Date): Promise<FileRow | null> {
    return this.sql.row({
      name: 'files-add-version',
      text: `WITH version AS (
               INSERT INTO file_versions (id, created_at, organization_id, file_id, number, object_key, size,
                 content_type, sha256, storage_backend, created_by)
               SELECT $2, $9, organization_id, id, version + 1, $3, $4, $5, $6, $7, $8 FROM files WHERE id = $1)
             UPDATE files SET version = version + 1, file_key = $3, size = $4, content_type = $5, sha256 = $6,
               storage_backend = $7, extracted = $10, modified_at = $9, updated_at = $9
             WHERE id = $1 RETURNING ${COLUMNS}`,
      values: [
        id,
        content.id,
        content.fileKey,
        content.size,
        content.contentType,
        content.sha256,
        content.backend,
        by,
        now,
        content.extracted,
      ],
    });
  }

  /** Puts a locked file into the trash, or with null takes it out. */
  async setDeleted(id: string, deletedAt: Date | null, now: Date): Promise<FileRow | null> {
    return this.sql.row({
      name: 'files-set-deleted',
      text: `UPDATE files SET deleted_at = $2, updated_at = $3 WHERE id = $1 RETURNING ${COLUMNS}`,
      values: [id, deletedAt, now],
    });
  }
}

/** As a LIKE pattern, none of whose characters means anything but itself. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
