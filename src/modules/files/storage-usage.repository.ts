import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

export interface UsageRow {
  readonly subject_id: string;
  readonly used_bytes: number;
  readonly file_count: number;
}

@Injectable()
export class StorageUsageRepository {
  constructor(private readonly sql: Sql) {}

  /** Of an organisation as a whole, and of some in it. Who never kept anything has no row. */
  find(organizationId: string, subjectIds: readonly string[]): Promise<UsageRow[]> {
    return this.sql.rows({
      name: 'storage-usage-find',
      text: `SELECT subject_id, used_bytes::float8 AS used_bytes, file_count::float8 AS file_count
             FROM storage_usage WHERE organization_id = $1 AND subject_id = ANY ($2::uuid[])`,
      values: [organizationId, subjectIds],
    });
  }

  /**
   * Counts bytes and files up or down, in one statement: of uploads in parallel
   * each sees what the others took, and the last byte is given once. The row
   * stays locked until the transaction ends.
   *
   * @param limit in bytes; null for none, as for what is given back.
   * @returns false, and nothing is counted, when it would pass the limit.
   */
  async add(
    { organizationId, subjectId }: { organizationId: string; subjectId: string },
    { bytes, files }: { bytes: number; files: number },
    limit: number | null,
  ): Promise<boolean> {
    const written = await this.sql.execute({
      name: 'storage-usage-add',
      text: `INSERT INTO storage_usage AS u (organization_id, subject_id, used_bytes, file_count)
             SELECT $1, $2, $3::bigint, $4::bigint WHERE $5::bigint IS NULL OR $3::bigint <= $5
             ON CONFLICT (organization_id, subject_id) DO UPDATE
             SET used_bytes = u.used_bytes + $3, file_count = u.file_count + $4
             WHERE $5::bigint IS NULL OR u.used_bytes + $3 <= $5`,
      values: [organizationId, subjectId, bytes, files, limit],
    });
    return written > 0;
  }
}
