import type { Type } from '@nestjs/common';
import type { BackupEngine } from './backup-engine.port.js';
import { PgDumpEngine } from './engines/pg-dump.engine.js';
import { DatabaseSnapshotRepository } from './database-snapshot.repository.js';
import { PostgresTools } from './tools/postgres-tools.js';
import { ScratchServers } from './tools/scratch-servers.js';

/** Every engine, the preferred first: the one that makes incremental backups too. */
export const BACKUP_ENGINE_CLASSES: readonly Type<BackupEngine>[] = [PgDumpEngine];

/** What engines work with. */
export const BACKUP_TOOLS: readonly Type[] = [PostgresTools, ScratchServers, DatabaseSnapshotRepository];
