import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { BackupManifest } from './backup-manifest.js';
import { bytesOf, summaryOf } from './backup-manifests.js';
import type { ReplicaStatus, VerificationStatus } from './backup.entity.js';
import { BACKUP_COLUMNS, type BackupRow } from './backups.repository.js';

export const BACKUP_STEPS = ['make', 'verify', 'copy', 'delete'] as const;
export type BackupStep = (typeof BACKUP_STEPS)[number];

/** What the last attempt failed of: a code, and words without secrets. */
export interface Fault {
  readonly code: string;
  readonly detail: string | null;
}

/** Where each step keeps how far it is; what is being deleted stays so until it is gone. */
const COLUMNS = { make: 'status', verify: 'verification', copy: 'replica', delete: 'status' } as const;
const UNDER_WAY = { make: 'running', verify: 'running', copy: 'running', delete: 'deleting' } as const;
const WAITING = { make: 'queued', verify: 'queued', copy: 'queued', delete: 'deleting' } as const;

/** What is next to be done with a backup; null for nothing. */
export function stepOf({ status, verification, replica }: BackupRow): BackupStep | null {
  if (status === 'deleting') return 'delete';
  if (status === 'queued') return 'make';
  if (verification === 'queued' && (status === 'good' || status === 'damaged')) return 'verify';
  return status === 'good' && replica === 'queued' ? 'copy' : null;
}

/**
 * The queue. Whoever works on a backup has its attempt, and writes only as long as
 * nobody has begun another: one that lost its lock unnoticed changes nothing any more.
 */
@Injectable()
export class BackupWorkRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * What is due longest, that which was begun before that which was not. Of those that are
   * to go, what others continue goes after them.
   */
  next(now: Date): Promise<BackupRow | null> {
    return this.sql.row({
      text: `SELECT ${BACKUP_COLUMNS} FROM backups b
             WHERE due_at <= $1 AND (status = 'queued'
               OR (status = 'deleting'
                 AND NOT EXISTS (SELECT FROM backups c WHERE c.parent_id = b.id AND c.status = 'deleting'))
               OR (status IN ('good', 'damaged') AND verification = 'queued')
               OR (status = 'good' AND replica = 'queued' AND verification <> 'queued'))
             ORDER BY status = 'queued', due_at, id LIMIT 1`,
      values: [now],
    });
  }

  /** Null where somebody changed it meanwhile. */
  claim({ id }: BackupRow, step: BackupStep, now: Date): Promise<BackupRow | null> {
    const begun = step === 'make' ? ', started_at = $3, progress_bytes = 0' : '';
    return this.sql.row({
      text: `UPDATE backups SET ${COLUMNS[step]} = '${UNDER_WAY[step]}', attempts = attempts + 1, due_at = $3${begun}
             WHERE id = $1 AND ${COLUMNS[step]} = $2 RETURNING ${BACKUP_COLUMNS}`,
      values: [id, WAITING[step], now],
    });
  }

  /** What a process that is gone was doing is to be done again, a while after. @returns how much it was. */
  async requeueAbandoned(now: Date, pauses: readonly number[]): Promise<number> {
    let count = 0;
    for (const step of ['make', 'verify', 'copy'] as const)
      count += await this.sql.execute({
        text: `UPDATE backups SET ${COLUMNS[step]} = 'queued',
                 due_at = $1::timestamptz + make_interval(secs => ($2::float8[])[least(greatest(attempts, 1), cardinality($2))])
               WHERE ${COLUMNS[step]} = 'running'`,
        values: [now, pauses],
      });
    return count;
  }

  /** @returns whether the attempt is still the caller's. */
  async tellProgress({ id, attempts }: BackupRow, bytes: number): Promise<boolean> {
    const count = await this.sql.execute({
      text: `UPDATE backups SET progress_bytes = $3 WHERE id = $1 AND attempts = $2 AND status = 'running'`,
      values: [id, attempts, Math.round(bytes)],
    });
    return count > 0;
  }

  async continues(id: string, parentId: string): Promise<void> {
    await this.sql.execute({
      text: `UPDATE backups SET parent_id = $2 WHERE id = $1`,
      values: [id, parentId],
    });
  }

  /** @param counts whether the attempt does. */
  requeue(
    row: BackupRow,
    step: BackupStep,
    dueAt: Date,
    fault: Fault | null,
    counts: boolean,
  ): Promise<boolean> {
    return this.settle(row, step, {
      [COLUMNS[step]]: WAITING[step],
      attempts: counts ? row.attempts : row.attempts - 1,
      due_at: dueAt,
      ...(fault === null ? {} : { error: fault.code, error_detail: fault.detail }),
    });
  }

  made(row: BackupRow, manifest: BackupManifest, replica: ReplicaStatus): Promise<boolean> {
    return this.settle(row, 'make', {
      ...DONE,
      status: 'good',
      parent_id: manifest.parent_id,
      started_at: manifest.started_at,
      finished_at: manifest.finished_at,
      bytes: bytesOf(manifest),
      summary: JSON.stringify(summaryOf(manifest)),
      verification: 'queued' satisfies VerificationStatus,
      replica,
    });
  }

  givenUp(row: BackupRow, now: Date, fault: Fault): Promise<boolean> {
    const error = { error: fault.code, error_detail: fault.detail };
    return this.settle(row, 'make', { status: 'failed', finished_at: now, ...error });
  }

  /** @param isWhole null where it could not be tried. */
  verified(
    row: BackupRow,
    at: Date,
    { isWhole, seconds, detail }: { isWhole: boolean | null; seconds: number; detail: string | null },
  ): Promise<boolean> {
    return this.settle(row, 'verify', {
      ...DONE,
      verification: isWhole === true ? 'ok' : 'failed',
      ...(isWhole === null ? {} : { status: isWhole ? 'good' : 'damaged', verified_at: at }),
      verification_seconds: seconds,
      verification_detail: detail,
    });
  }

  copied(row: BackupRow, replica: ReplicaStatus, at: Date | null, detail: string | null): Promise<boolean> {
    return this.settle(row, 'copy', { ...DONE, replica, replica_at: at, replica_detail: detail });
  }

  /** What the second store did not take is to be brought to it again. */
  async queueMissedCopies(now: Date): Promise<void> {
    await this.sql.execute({
      text: `UPDATE backups SET replica = 'queued', attempts = 0, due_at = $1
             WHERE status = 'good' AND replica = 'failed' AND verification NOT IN ('queued', 'running')`,
      values: [now],
    });
  }

  /** What the copying found. */
  damaged(row: BackupRow, fault: Fault): Promise<boolean> {
    const error = { error: fault.code, error_detail: fault.detail };
    return this.settle(row, 'copy', { ...DONE, status: 'damaged', replica: 'failed', ...error });
  }

  async remove(id: string): Promise<void> {
    await this.sql.execute({
      text: `DELETE FROM backups WHERE id = $1 AND status = 'deleting'`,
      values: [id],
    });
  }

  private async settle(
    { id, attempts }: BackupRow,
    step: BackupStep,
    changes: Record<string, unknown>,
  ): Promise<boolean> {
    const names = Object.keys(changes);
    const count = await this.sql.execute({
      text: `UPDATE backups SET ${names.map((name, index) => `${name} = $${index + 4}`).join(', ')}
             WHERE id = $1 AND attempts = $2 AND ${COLUMNS[step]} = $3`,
      values: [id, attempts, UNDER_WAY[step], ...Object.values(changes)],
    });
    return count > 0;
  }
}

const DONE = { attempts: 0, error: null, error_detail: null };
