import type { ObjectStore } from '../storage/object-store.port.js';
import type { BackupManifest } from './backup-manifest.js';

/** How a verification ended. */
export interface VerificationOutcome {
  /** Whether all that the manifest promises was there again. */
  readonly ok: boolean;
  /** What was found, in a sentence for whoever runs the server, without secrets. */
  readonly words: string;
}

/** Proves a backup by an actual restore: brings it back beside the database, and compares. */
export abstract class BackupVerification {
  /**
   * @param store the backup's own corner: opened.
   * @throws AppError `backup_damaged` where a byte of it is not what it was; any other
   * error means that it could not be tried, which is tried again.
   */
  abstract verify(
    manifest: BackupManifest,
    store: ObjectStore,
    signal: AbortSignal,
  ): Promise<VerificationOutcome>;
}
