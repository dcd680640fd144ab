import type { Type } from '@nestjs/common';
import type { BackupEngine } from './backup-engine.port.js';

/** Every engine, the preferred first: the one that makes incremental backups too. */
export const BACKUP_ENGINE_CLASSES: readonly Type<BackupEngine>[] = [];
