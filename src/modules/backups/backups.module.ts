import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FileDigestsModule } from '../files/file-digests.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { BackupChecking } from './backup-checking.js';
import { BackupCopying } from './backup-copying.js';
import type { BackupEngine } from './backup-engine.port.js';
import { BACKUP_ENGINE_CLASSES, BACKUP_PROOF, BACKUP_TOOLS } from './backup-engine-list.js';
import { BackupEngines } from './backup-engines.js';
import { BackupFiguresRepository } from './backup-figures.repository.js';
import { BackupFindsRepository } from './backup-finds.repository.js';
import { BackupHandling } from './backup-handling.js';
import { BackupMaking } from './backup-making.js';
import { BackupManifests } from './backup-manifests.js';
import { BackupMetrics } from './backup-metrics.js';
import { BackupOrigin } from './backup-origin.js';
import { BackupOutcomes } from './backup-outcomes.js';
import { BackupParents } from './backup-parents.js';
import { BackupReconciliation } from './backup-reconciliation.js';
import { BackupRemoval } from './backup-removal.js';
import { BackupRetention } from './backup-retention.js';
import { BackupRunner } from './backup-runner.js';
import { BackupSchedule } from './backup-schedule.js';
import { BackupSteps } from './backup-steps.js';
import { BackupStores } from './backup-stores.js';
import { BackupWorkRepository } from './backup-work.repository.js';
import { BackupEntity } from './backup.entity.js';
import { BackupsController } from './backups.controller.js';
import { BackupsJobs } from './backups.jobs.js';
import { BackupsRepository } from './backups.repository.js';
import { BackupsService } from './backups.service.js';

/**
 * Backups of the whole installation: made, proved by a restore, copied, kept as long as
 * agreed. Refuses to make two at a time, and to remove the newest that was proved.
 */
@Module({
  imports: [StorageModule, FileDigestsModule, TypeOrmModule.forFeature([BackupEntity])],
  controllers: [BackupsController],
  providers: [
    ...BACKUP_TOOLS,
    ...BACKUP_PROOF,
    ...BACKUP_ENGINE_CLASSES,
    {
      provide: BackupEngines,
      inject: [...BACKUP_ENGINE_CLASSES],
      useFactory: (...engines: BackupEngine[]) => new BackupEngines(engines),
    },
    BackupsService,
    BackupsRepository,
    BackupsJobs,
    BackupSchedule,
    BackupRunner,
    BackupSteps,
    BackupHandling,
    BackupOutcomes,
    BackupWorkRepository,
    BackupMaking,
    BackupOrigin,
    BackupParents,
    BackupChecking,
    BackupCopying,
    BackupRemoval,
    BackupRetention,
    BackupReconciliation,
    BackupFindsRepository,
    BackupStores,
    BackupManifests,
    BackupMetrics,
    BackupFiguresRepository,
  ],
})
export class BackupsModule {}
