import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { BackupEngineName, BackupKind } from './backup-manifest.js';
import type { ManifestSummary } from './backup-manifests.js';
import type { BackupStatus, BackupTrigger, ReplicaStatus, VerificationStatus } from './backup.entity.js';

export interface BackupRow {
  readonly id: string;
  readonly created_at: Date;
  readonly kind: BackupKind;
  readonly engine: BackupEngineName;
  readonly parent_id: string | null;
  readonly status: BackupStatus;
  readonly trigger: BackupTrigger;
  readonly requested_by: string | null;
  readonly attempts: number;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly bytes: number | null;
  readonly progress_bytes: number;
  readonly error: string | null;
  readonly error_detail: string | null;
  readonly verification: VerificationStatus;
  readonly verified_at: Date | null;
  readonly verification_seconds: number | null;
  readonly verification_detail: string | null;
  readonly replica: ReplicaStatus;
  readonly replica_at: Date | null;
  readonly replica_detail: string | null;
  readonly summary: ManifestSummary | null;
}

export type NewBackup = Pick<BackupRow, 'id' | 'kind' | 'engine' | 'trigger' | 'requested_by'> & {
  readonly now: Date;
};

export interface BackupFilter {
  readonly kind: BackupKind | null;
  readonly status: BackupStatus | null;
}

export const BACKUP_COLUMNS = `id, created_at, kind, engine, parent_id, status, trigger, requested_by, attempts,
  started_at, finished_at, bytes::float8 AS bytes, progress_bytes::float8 AS progress_bytes, error, error_detail,
  verification, verified_at, verification_seconds, verification_detail, replica, replica_at, replica_detail, summary`;

/** What people and rules ask of the backups there are. One that is being deleted is no more. */
@Injectable()
export class BackupsRepository {
  constructor(private readonly sql: Sql) {}

  async insert({ id, kind, engine, trigger, requested_by, now }: NewBackup): Promise<BackupRow> {
    const row = await this.sql.row<BackupRow & Record<string, unknown>>({
      text: `INSERT INTO backups (id, created_at, kind, engine, status, trigger, requested_by, due_at)
             VALUES ($1, $2, $3, $4, 'queued', $5, $6, $2) RETURNING ${BACKUP_COLUMNS}`,
      values: [id, now, kind, engine, trigger, requested_by],
    });
    if (row === null) throw new Error('The backup was not written');
    return row;
  }

  /** Whether one of this kind, made by itself, is still to be done with. */
  async isScheduledWaiting(kind: BackupKind): Promise<boolean> {
    const found = await this.sql.row({
      text: `SELECT FROM backups WHERE status IN ('queued', 'running') AND kind = $1 AND trigger = 'schedule' LIMIT 1`,
      values: [kind],
    });
    return found !== null;
  }

  find(id: string): Promise<BackupRow | null> {
    return this.sql.row({
      text: `SELECT ${BACKUP_COLUMNS} FROM backups WHERE id = $1 AND status <> 'deleting'`,
      values: [id],
    });
  }

  /** Nobody else changes it until the transaction ends. */
  findForUpdate(id: string): Promise<BackupRow | null> {
    return this.sql.row({
      text: `SELECT ${BACKUP_COLUMNS} FROM backups WHERE id = $1 AND status <> 'deleting' FOR UPDATE`,
      values: [id],
    });
  }

  /** The newest first, those before `before`. */
  list({ kind, status }: BackupFilter, before: string, limit: number): Promise<BackupRow[]> {
    return this.sql.rows({
      text: `SELECT ${BACKUP_COLUMNS} FROM backups
             WHERE id < $1 AND status <> 'deleting' AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR status = $3)
             ORDER BY id DESC LIMIT $4`,
      values: [before, kind, status, limit],
    });
  }

  /** All, the oldest first; as many as retention leaves. */
  all(): Promise<BackupRow[]> {
    return this.sql.rows({
      text: `SELECT ${BACKUP_COLUMNS} FROM backups WHERE status <> 'deleting' ORDER BY id`,
    });
  }

  /** The newest migration there is. */
  async schemaVersion(): Promise<string> {
    const row = await this.sql.row<{ name: string }>({
      text: `SELECT name FROM migrations ORDER BY id DESC LIMIT 1`,
    });
    return row?.name ?? '';
  }

  /** What a restore would be made from. */
  newestVerified(): Promise<BackupRow | null> {
    return this.sql.row({
      text: `SELECT ${BACKUP_COLUMNS} FROM backups WHERE status = 'good' AND verification = 'ok'
             ORDER BY finished_at DESC, id DESC LIMIT 1`,
    });
  }

  async continuedBy(id: string): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: `SELECT id FROM backups WHERE parent_id = $1 AND status NOT IN ('failed', 'deleting') ORDER BY id`,
      values: [id],
    });
    return rows.map((row) => row.id);
  }

  async queueVerification(id: string, now: Date): Promise<void> {
    await this.sql.execute({
      text: `UPDATE backups SET verification = 'queued', due_at = $2, attempts = 0 WHERE id = $1`,
      values: [id, now],
    });
  }

  /** @returns whether it was there. */
  async beginDeletion(id: string, now: Date): Promise<boolean> {
    const count = await this.sql.execute({
      text: `UPDATE backups SET status = 'deleting', due_at = $2, attempts = 0 WHERE id = $1 AND status <> 'deleting'`,
      values: [id, now],
    });
    return count > 0;
  }
}
