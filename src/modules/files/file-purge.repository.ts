import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** A file that is about to be gone for good. */
export interface DoomedFile {
  readonly id: string;
  readonly organization_id: string;
  readonly owner_id: string;
}

/** What went with a file. */
export interface RemovedVersion {
  readonly file_id: string;
  readonly object_key: string;
  readonly size: number;
}

@Injectable()
export class FilePurgeRepository {
  constructor(private readonly sql: Sql) {}

  /** Files in the trash since before a time, the longest there first. */
  listTrashedBefore(before: Date, limit: number): Promise<DoomedFile[]> {
    return this.sql.rows({
      text: `SELECT id, organization_id, owner_id FROM files WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT $2`,
      values: [before, limit],
    });
  }

  /**
   * Removes some of the files of an owner, or with null of all of an organisation, in
   * the trash or not; their counts stay as they are.
   *
   * @returns what went with them; nothing when there were none.
   */
  async removeSome(organizationId: string, ownerId: string | null, limit: number): Promise<RemovedVersion[]> {
    const theirs = `organization_id = $1${ownerId === null ? '' : ' AND owner_id = $3'}`;
    // By itself: a statement does not see the version that was added while it waited for a file.
    const files = await this.sql.rows<{ id: string }>({
      // In two: an index is either of the files that are there or of those in the trash.
      text: `SELECT id FROM files WHERE id IN (
               (SELECT id FROM files WHERE ${theirs} AND deleted_at IS NULL ORDER BY id LIMIT $2)
               UNION ALL
               (SELECT id FROM files WHERE ${theirs} AND deleted_at IS NOT NULL ORDER BY id LIMIT $2))
             ORDER BY id LIMIT $2 FOR UPDATE`,
      values: ownerId === null ? [organizationId, limit] : [organizationId, limit, ownerId],
    });
    return this.removeLocked(files.map(({ id }) => id));
  }

  /** @returns false where it is gone, or was restored. */
  async lockTrashed(id: string, before: Date): Promise<boolean> {
    const row = await this.sql.row({
      text: 'SELECT id FROM files WHERE id = $1 AND deleted_at <= $2 FOR UPDATE',
      values: [id, before],
    });
    return row !== null;
  }

  /** Of locked files: all their rows. */
  async removeLocked(ids: readonly string[]): Promise<RemovedVersion[]> {
    const versions = await this.sql.rows<RemovedVersion>({
      text: `DELETE FROM file_versions WHERE file_id = ANY ($1::uuid[])
             RETURNING file_id, object_key, size::float8 AS size`,
      values: [ids],
    });
    await this.sql.execute({ text: 'DELETE FROM files WHERE id = ANY ($1::uuid[])', values: [ids] });
    return versions;
  }

  /** The counts of a person, or with its own id of an organisation. */
  async forgetUsage(organizationId: string, subjectId: string): Promise<void> {
    await this.sql.execute({
      text: 'DELETE FROM storage_usage WHERE organization_id = $1 AND subject_id = $2',
      values: [organizationId, subjectId],
    });
  }

  async forgetAllUsage(organizationId: string): Promise<void> {
    await this.sql.execute({
      text: 'DELETE FROM storage_usage WHERE organization_id = $1',
      values: [organizationId],
    });
  }

  /** Which of these keys a row names. */
  async named(fileKeys: readonly string[]): Promise<Set<string>> {
    if (fileKeys.length === 0) return new Set();
    const rows = await this.sql.rows<{ object_key: string }>({
      text: 'SELECT object_key FROM file_versions WHERE object_key = ANY ($1::text[])',
      values: [fileKeys],
    });
    return new Set(rows.map((row) => row.object_key));
  }

  /** Keys that rows name, in order, those after `after`. */
  async keysAfter(after: string, limit: number): Promise<string[]> {
    const rows = await this.sql.rows<{ object_key: string }>({
      text: 'SELECT object_key FROM file_versions WHERE object_key > $1 ORDER BY object_key LIMIT $2',
      values: [after, limit],
    });
    return rows.map((row) => row.object_key);
  }
}
