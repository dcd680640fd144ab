import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StorageModule } from '../storage/storage.module.js';
import { ActivityData } from './activity-data.js';
import { AuditArchiveEntity } from './audit-archive.entity.js';
import { AuditArchive } from './audit-archive.js';
import { AuditArchivesRepository } from './audit-archives.repository.js';
import { AuditChainEntity } from './audit-chain.entity.js';
import { AuditChain } from './audit-chain.js';
import { AuditChainRepository } from './audit-chain.repository.js';
import { AuditExportService } from './audit-export.service.js';
import { AuditKeyEntity } from './audit-key.entity.js';
import { AuditKeys } from './audit-keys.js';
import { AuditKeysRepository } from './audit-keys.repository.js';
import { AuditLogEntity } from './audit-log.entity.js';
import { AuditObjects } from './audit-objects.js';
import { AuditPartitionsRepository } from './audit-partitions.repository.js';
import { AuditRetention } from './audit-retention.js';
import { AuditSealEntity } from './audit-seal.entity.js';
import { AuditSeals } from './audit-seals.js';
import { AuditSealsRepository } from './audit-seals.repository.js';
import { AuditVerification } from './audit-verification.js';
import { AuditController } from './audit.controller.js';
import { AuditJobs } from './audit.jobs.js';
import { AuditRelay } from './audit.relay.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { RefusalTrail } from './refusal-trail.js';

const entities = [AuditLogEntity, AuditChainEntity, AuditSealEntity, AuditArchiveEntity, AuditKeyEntity];
const trail = [AuditService, AuditRepository, AuditRelay, RefusalTrail, ActivityData, AuditExportService];
const chain = [AuditChain, AuditChainRepository, AuditVerification];
const sealing = [AuditSeals, AuditSealsRepository, AuditKeys, AuditKeysRepository, AuditObjects];
const months = [AuditRetention, AuditPartitionsRepository, AuditArchive, AuditArchivesRepository];

/**
 * What happened, who did it and from where. Refuses every change to what is written, by the
 * database itself, and shows a change that was made all the same, by chain and seals.
 */
@Module({
  imports: [TypeOrmModule.forFeature(entities), StorageModule],
  controllers: [AuditController],
  providers: [...trail, ...chain, ...sealing, ...months, AuditJobs],
})
export class AuditModule {}
