import type { Actor } from '../../common/access/actor.js';
import type { BackupEngineName, BackupKind } from './backup-manifest.js';

export interface BackupRef {
  readonly id: string;
  readonly kind: BackupKind;
  readonly engine: BackupEngineName;
}

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    /** `actor` is null for the schedule. */
    'backup.requested': { readonly actor: Actor | null; readonly backup: BackupRef };
    'backup.finished': { readonly backup: BackupRef; readonly bytes: number };
    /** Given up. `code` is that of the last attempt. */
    'backup.failed': { readonly backup: BackupRef; readonly code: string };
    'backup.verification-requested': { readonly actor: Actor; readonly backup: BackupRef };
    'backup.verified': { readonly backup: BackupRef; readonly seconds: number };
    /** Of a damaged backup, or of what kept it from being tried. */
    'backup.verification-failed': { readonly backup: BackupRef; readonly code: string };
    'backup.replica-failed': { readonly backup: BackupRef; readonly code: string };
    /** The store no longer has what the table knows of. */
    'backup.lost': { readonly backup: BackupRef };
    /** `actor` is null where it was kept long enough. */
    'backup.deleted': { readonly actor: Actor | null; readonly backup: BackupRef };
  }
}
