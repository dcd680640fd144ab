import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StorageModule } from '../storage/storage.module.js';
import type { BackupEngine } from './backup-engine.port.js';
import { BACKUP_ENGINE_CLASSES } from './backup-engine-list.js';
import { BackupEngines } from './backup-engines.js';
import { BackupStores } from './backup-stores.js';
import { BackupEntity } from './backup.entity.js';

/**
 * Backups of the whole installation: made, proved by a restore, copied, kept as long as
 * agreed. Refuses to two at a time, and to remove the newest that was proved.
 */
@Module({
  imports: [StorageModule, TypeOrmModule.forFeature([BackupEntity])],
  providers: [
    BackupStores,
    ...BACKUP_ENGINE_CLASSES,
    {
      provide: BackupEngines,
      inject: [...BACKUP_ENGINE_CLASSES],
      useFactory: (...engines: BackupEngine[]) => new BackupEngines(engines),
    },
  ],
})
export class BackupsModule {}
