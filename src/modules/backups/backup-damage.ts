import { AppError, isProblem } from '../../common/errors/app-error.js';
import { BackupErrors } from './backups.errors.js';

/** What a store says of something that is not what was written there, or not there any more. */
const STORE_CODES: ReadonlySet<string> = new Set(['object_corrupt', 'object_not_found']);

/** Whether a store says that an object is gone, or is not what it was. */
export function isLost(error: unknown): error is AppError {
  return error instanceof AppError && STORE_CODES.has(error.code);
}

/** The error as one that says that the backup itself is not what it was; null where it says something else. */
export function asDamage(error: unknown): AppError | null {
  if (isProblem(error, 'backup_damaged')) return error;
  return isLost(error) ? BackupErrors.damaged(error.detail, error) : null;
}
