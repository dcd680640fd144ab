import type { Provider, Type } from '@nestjs/common';
import type { BackupEngine } from './backup-engine.port.js';
import { RestoredBackupVerification } from './backup-verification.js';
import { BackupVerification } from './backup-verification.port.js';
import { DatabaseSnapshotRepository } from './database-snapshot.repository.js';
import { PgDumpEngine } from './engines/pg-dump.engine.js';
import { PgBackRestEngine } from './engines/pgbackrest/pgbackrest.engine.js';
import { PGBACKREST_PROVIDERS } from './engines/pgbackrest/pgbackrest-providers.js';
import { StoreInventory } from './files-inventory.js';
import { FilesInventory } from './files-inventory.port.js';
import { RestoredCheck } from './restored-check.js';
import { PostgresTools } from './tools/postgres-tools.js';
import { ScratchServers } from './tools/scratch-servers.js';
import { TrailCheck } from './trail-check.js';

/** Every engine, the preferred first: the one that makes incremental backups too. */
export const BACKUP_ENGINE_CLASSES: readonly Type<BackupEngine>[] = [PgBackRestEngine, PgDumpEngine];

/** What the engines are made of. */
export const BACKUP_TOOLS: Provider[] = [
  PostgresTools,
  ScratchServers,
  DatabaseSnapshotRepository,
  ...PGBACKREST_PROVIDERS,
];

/** How a backup is proved, and how the files are listed. */
export const BACKUP_PROOF: Provider[] = [
  RestoredCheck,
  TrailCheck,
  { provide: BackupVerification, useClass: RestoredBackupVerification },
  { provide: FilesInventory, useClass: StoreInventory },
];
