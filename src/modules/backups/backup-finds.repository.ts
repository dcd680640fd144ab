import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { BackupManifest } from './backup-manifest.js';
import { bytesOf, summaryOf } from './backup-manifests.js';
import type { ReplicaStatus } from './backup.entity.js';
import { BACKUP_COLUMNS, type BackupRow } from './backups.repository.js';

/** What the stores tell of backups that the table does not, and the other way round. */
@Injectable()
export class BackupFindsRepository {
  constructor(private readonly sql: Sql) {}

  /** Every id there is a row of, also of what is being deleted. */
  async ids(): Promise<Set<string>> {
    const rows = await this.sql.rows<{ id: string }>({ text: `SELECT id FROM backups` });
    return new Set(rows.map(({ id }) => id));
  }

  async goodIds(): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: `SELECT id FROM backups WHERE status = 'good'`,
    });
    return rows.map(({ id }) => id);
  }

  async insert(manifest: BackupManifest, replica: ReplicaStatus, now: Date): Promise<void> {
    const { id, kind, engine, parent_id, started_at, finished_at } = manifest;
    await this.sql.execute({
      text: `INSERT INTO backups (id, created_at, kind, engine, parent_id, status, trigger, due_at, started_at,
               finished_at, bytes, summary, replica)
             VALUES ($1, $5, $2, $3, $4, 'good', 'found', $7, $5, $6, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
      values: [
        ...[id, kind, engine, parent_id, started_at, finished_at, now],
        ...[bytesOf(manifest), JSON.stringify(summaryOf(manifest)), replica],
      ],
    });
  }

  /** Of all that was found one is proved, so that there is something to rely on. */
  async queueNewestUnlessVerified(now: Date): Promise<void> {
    await this.sql.execute({
      text: `UPDATE backups SET verification = 'queued', due_at = $1, attempts = 0
             WHERE id = (SELECT id FROM backups WHERE status = 'good' ORDER BY finished_at DESC, id DESC LIMIT 1)
               AND verification = 'none'
               AND NOT EXISTS (SELECT FROM backups WHERE status = 'good' AND verification = 'ok')`,
      values: [now],
    });
  }

  /** Of all that the second store missed one is tried again: whether it is back. */
  async queueNewestMissedCopy(now: Date): Promise<void> {
    await this.sql.execute({
      text: `UPDATE backups SET replica = 'queued', due_at = $1, attempts = 0
             WHERE id = (SELECT id FROM backups
                         WHERE status = 'good' AND replica = 'failed' AND verification NOT IN ('queued', 'running')
                         ORDER BY finished_at DESC, id DESC LIMIT 1)`,
      values: [now],
    });
  }

  /**
   * Of all proofs that could not be tried one is tried again, the newest backup's: a day after
   * the last attempt, so that it is not in the way of what is made.
   */
  async queueNewestUntriedProof(now: Date): Promise<void> {
    await this.sql.execute({
      text: `UPDATE backups SET verification = 'queued', due_at = $1, attempts = 0
             WHERE id = (SELECT id FROM backups WHERE status = 'good' AND verification = 'failed'
                         ORDER BY finished_at DESC, id DESC LIMIT 1)
               AND status = 'good' AND verification = 'failed' AND replica <> 'running'
               AND due_at <= $1::timestamptz - interval '1 day'`,
      values: [now],
    });
  }

  /** Null where it is not good any more. */
  markLost(id: string): Promise<BackupRow | null> {
    return this.sql.row({
      text: `UPDATE backups SET status = 'damaged', error = 'backup_lost',
               error_detail = 'The store does not hold its manifest any more.'
             WHERE id = $1 AND status = 'good' RETURNING ${BACKUP_COLUMNS}`,
      values: [id],
    });
  }
}
