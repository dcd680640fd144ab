import { Module, type DynamicModule } from '@nestjs/common';
import { ObjectStore } from '../storage/object-store.port.js';
import { AuditArchivesRepository } from './audit-archives.repository.js';
import { AuditChainRepository } from './audit-chain.repository.js';
import { AuditCheckService } from './audit-check.service.js';
import { AuditKeys } from './audit-keys.js';
import { AuditKeysRepository } from './audit-keys.repository.js';
import { AuditObjects } from './audit-objects.js';
import { AuditSealsRepository } from './audit-seals.repository.js';
import { AuditVerification } from './audit-verification.js';

/** The trails in a copy of the database, against the seals of the original. Refuses to write to either. */
@Module({})
export class AuditCheckModule {
  /** @param store where the original seals are. */
  static against(store: ObjectStore): DynamicModule {
    return {
      module: AuditCheckModule,
      providers: [
        { provide: ObjectStore, useValue: store },
        AuditCheckService,
        AuditVerification,
        AuditChainRepository,
        AuditSealsRepository,
        AuditArchivesRepository,
        AuditKeys,
        AuditKeysRepository,
        AuditObjects,
      ],
      exports: [AuditCheckService],
    };
  }
}
