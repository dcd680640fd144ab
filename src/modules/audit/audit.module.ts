import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ActivityData } from './activity-data.js';
import { AuditLogEntity } from './audit-log.entity.js';
import { AuditController } from './audit.controller.js';
import { AuditRelay } from './audit.relay.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { RefusalTrail } from './refusal-trail.js';

/** What happened, who did it and from where. Refuses every change to what is written, by the database itself. */
@Module({
  imports: [TypeOrmModule.forFeature([AuditLogEntity])],
  controllers: [AuditController],
  providers: [ActivityData, AuditService, AuditRepository, AuditRelay, RefusalTrail],
  exports: [AuditService],
})
export class AuditModule {}
