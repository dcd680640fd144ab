import type { Provider, Type } from '@nestjs/common';
import type { BackupEngine } from './backup-engine.port.js';
import { BackupVerification } from './backup-verification.port.js';
import { BackupErrors } from './backups.errors.js';
import { FilesInventory } from './files-inventory.port.js';

/** Every engine, the preferred first: the one that makes incremental backups too. */
export const BACKUP_ENGINE_CLASSES: readonly Type<BackupEngine>[] = [];

const missing = () => Promise.reject(BackupErrors.toolsMissing('full', []));

/** What the engines are made of, how a backup is proved, and how the files are listed. */
export const BACKUP_TOOLS: Provider[] = [
  { provide: BackupVerification, useValue: { verify: missing } satisfies BackupVerification },
  { provide: FilesInventory, useValue: { write: missing } satisfies FilesInventory },
];
