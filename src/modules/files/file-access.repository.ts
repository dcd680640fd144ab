import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

export const FILE_ACTIONS = ['upload', 'download', 'delete', 'generate_url', 'redeem', 'restore'] as const;
export type FileAction = (typeof FILE_ACTIONS)[number];

export interface FileAccessRow {
  readonly id: string;
  readonly created_at: Date;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly file_id: string;
  readonly file_key: string;
  readonly action: FileAction;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly storage_backend: string;
  readonly bytes: number;
}

export interface FileAccessFilters {
  readonly user_id?: string;
  readonly file_id?: string;
  readonly action?: FileAction;
  readonly ip?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** Where in the list: by time, then by id. */
export interface FileAccessPosition {
  readonly createdAt: Date;
  readonly id: string;
}

@Injectable()
export class FileAccessRepository {
  constructor(private readonly sql: Sql) {}

  /** Any number of rows in one statement; in the current transaction when there is one. */
  async insert(rows: readonly FileAccessRow[]): Promise<void> {
    await this.sql.execute({
      name: 'file-access-insert',
      text: `INSERT INTO file_access_logs (id, created_at, organization_id, user_id, file_id, file_key, action,
               ip_address, user_agent, storage_backend, bytes)
             SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[],
                                  $7::text[], $8::inet[], $9::text[], $10::text[], $11::bigint[])
             ON CONFLICT (id) DO NOTHING`,
      values: [
        rows.map((row) => row.id),
        rows.map((row) => row.created_at),
        rows.map((row) => row.organization_id),
        rows.map((row) => row.user_id),
        rows.map((row) => row.file_id),
        rows.map((row) => row.file_key),
        rows.map((row) => row.action),
        rows.map((row) => row.ip_address),
        rows.map((row) => row.user_agent),
        rows.map((row) => row.storage_backend),
        rows.map((row) => row.bytes),
      ],
    });
  }

  /** Newest first, those before a position. A statement for each set of filters: those most asked for have an index. */
  list(
    organizationId: string,
    filters: FileAccessFilters,
    before: FileAccessPosition | null,
    limit: number,
  ): Promise<FileAccessRow[]> {
    const values: unknown[] = [organizationId, limit];
    const conditions = ['organization_id = $1'];
    const narrow = (condition: string, value: unknown) => {
      if (value !== undefined) conditions.push(condition + String(values.push(value)));
    };
    narrow('user_id = $', filters.user_id);
    narrow('file_id = $', filters.file_id);
    narrow('action = $', filters.action);
    narrow('ip_address <<= $', filters.ip);
    narrow('created_at >= $', filters.from);
    narrow('created_at < $', filters.to);
    if (before !== null) {
      const [time, id] = [values.push(before.createdAt), values.push(before.id)];
      conditions.push(`(created_at, id) < ($${time}, $${id})`);
    }
    return this.sql.rows({
      text: `SELECT id, created_at, organization_id, user_id, file_id, file_key, action, host(ip_address) AS ip_address,
               user_agent, storage_backend, bytes::float8 AS bytes
             FROM file_access_logs WHERE ${conditions.join(' AND ')}
             ORDER BY created_at DESC, id DESC LIMIT $2`,
      values,
    });
  }

  /** Takes the names out of the keys of all somebody ever uploaded. */
  async forgetNames(userId: string): Promise<void> {
    await this.sql.execute({
      text: `UPDATE file_access_logs SET file_key = substring(file_key FROM '^[^/]+/[0-9a-f-]{36}')
             WHERE file_id IN (SELECT file_id FROM file_access_logs WHERE user_id = $1 AND action = 'upload')
               AND file_key <> substring(file_key FROM '^[^/]+/[0-9a-f-]{36}')`,
      values: [userId],
    });
  }
}
