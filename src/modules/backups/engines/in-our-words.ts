import { EmbeddedPostgresError } from '../../../database/embedded-postgres/errors.js';
import { BackupErrors } from '../backups.errors.js';
import { ToolFailed, ToolMissing } from '../tools/tool-errors.js';

/** Whose messages are the last words of a program, or ours. */
const TELLING = [ToolFailed, ToolMissing, EmbeddedPostgresError];

/**
 * An engine's work. What its programs say is told; an error from elsewhere may hold
 * anything in its message, and stays what it is.
 *
 * @throws AppError `backup_failed`; the signal's reason once it is aborted; whatever the work throws.
 */
export async function inOurWords<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw TELLING.some((kind) => error instanceof kind)
      ? BackupErrors.failed((error as Error).message, error)
      : error;
  }
}
