import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

export interface FileVersionRow {
  readonly number: number;
  readonly object_key: string;
  readonly size: number;
  readonly content_type: string;
  readonly sha256: string;
  readonly storage_backend: string;
  readonly created_by: string;
  readonly created_at: Date;
}

const COLUMNS =
  'number, object_key, size::float8 AS size, content_type, sha256, storage_backend, created_by, created_at';

/** Versions of files that the caller has already been let near. */
@Injectable()
export class FileVersionsRepository {
  constructor(private readonly sql: Sql) {}

  find(fileId: string, number: number): Promise<FileVersionRow | null> {
    return this.sql.row({
      name: 'file-versions-find',
      text: `SELECT ${COLUMNS} FROM file_versions WHERE file_id = $1 AND number = $2`,
      values: [fileId, number],
    });
  }

  /** Newest first, those before `before`. */
  list(fileId: string, before: number, limit: number): Promise<FileVersionRow[]> {
    return this.sql.rows({
      name: 'file-versions-list',
      text: `SELECT ${COLUMNS} FROM file_versions WHERE file_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3`,
      values: [fileId, before, limit],
    });
  }
}
