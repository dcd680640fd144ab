import { AppError } from '../../common/errors/app-error.js';
import type { BackupEngineName, BackupKind, BackupManifest } from './backup-manifest.js';

function conflict(code: string, title: string, detail: string): AppError {
  return new AppError({ status: 409, code, title, detail });
}

export const BackupErrors = {
  notFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'backup_not_found',
      title: 'Backup not found',
      detail: `No backup ${id}.`,
    }),
  /** @param lacking a sentence an engine, which says how to mend it. */
  toolsMissing: (kind: BackupKind, lacking: readonly string[]) =>
    conflict(
      'backup_tools_missing',
      'The tools of backups are missing',
      lacking.length > 0 ? lacking.join(' ') : `Nothing here makes ${kind} backups.`,
    ),
  noFull: (engine: BackupEngineName) =>
    conflict(
      'backup_no_full',
      'There is nothing to continue',
      `An incremental backup continues a good one of ${engine}, and there is none: make a full one first.`,
    ),
  busy: (id: string) =>
    conflict(
      'backup_busy',
      'The backup is being worked on',
      `Wait until nothing is done with ${id} any more.`,
    ),
  /** @param status what became of it instead. */
  notMade: (id: string, status: string) =>
    conflict('backup_not_made', 'There is nothing to verify', `Backup ${id} is ${status}.`),
  newestVerified: (id: string) =>
    conflict(
      'backup_newest_verified',
      'It is the one to restore from',
      `Backup ${id} is the newest that was verified. Make and verify another before this one goes.`,
    ),
  continued: (id: string, by: readonly string[]) =>
    conflict(
      'backup_continued',
      'Others need it',
      `Backup ${id} is continued by ${by.join(', ')}, which can not be restored without it. Delete those first.`,
    ),
  /** Of an engine that keeps one moment of the database and not the way to others. */
  onlyItsOwnMoment: ({ id, engine, started_at }: BackupManifest, at: Date) =>
    conflict(
      'backup_has_one_moment',
      'The backup goes back to one moment only',
      `Backup ${id} was made by ${engine} and goes back to ${started_at} only, not to ${at.toISOString()}.`,
    ),
  /** @param reason the tool's own last words, without secrets. */
  failed: (reason: string, cause?: unknown) =>
    new AppError({
      status: 500,
      code: 'backup_failed',
      title: 'The backup failed',
      detail: reason,
      cause,
    }),
  damaged: (reason: string, cause?: unknown) =>
    new AppError({
      status: 500,
      code: 'backup_damaged',
      title: 'The backup is damaged',
      detail: reason,
      cause,
    }),
};
