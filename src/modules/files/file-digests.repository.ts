import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** What a row says of an object. */
export interface FileDigestRow {
  readonly object_key: string;
  readonly size: number;
  readonly sha256: string;
  readonly created_at: Date;
}

@Injectable()
export class FileDigestsRepository {
  constructor(private readonly sql: Sql) {}

  /** Of these objects those that a row names. */
  named(fileKeys: readonly string[]): Promise<FileDigestRow[]> {
    return this.sql.rows({
      text: `SELECT object_key, size::float8 AS size, sha256, created_at FROM file_versions
             WHERE object_key = ANY ($1::text[])`,
      values: [fileKeys],
    });
  }
}
