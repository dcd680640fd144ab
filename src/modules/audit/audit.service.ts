import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { pageOf } from '../../common/pagination/pagination.js';
import { AuditVerificationDto, type AuditKeysDto } from './audit-chain.dto.js';
import { AuditKeys } from './audit-keys.js';
import { AuditVerification } from './audit-verification.js';
import { AuditLogDto, type AuditLogPageDto, type ListAuditLogsQuery } from './audit.dto.js';
import { AuditRepository } from './audit.repository.js';

/** Reading the trail of one's organisation, and whether it is what was written. */
@Injectable()
export class AuditService {
  constructor(
    private readonly audit: AuditRepository,
    private readonly verification: AuditVerification,
    private readonly signingKeys: AuditKeys,
  ) {}

  async list(actor: Actor, { limit, cursor, ...filters }: ListAuditLogsQuery): Promise<AuditLogPageDto> {
    const rows = await this.audit.list(actor.organizationId, filters, limit, cursor);
    return pageOf(rows, limit, (row) => AuditLogDto.of(row));
  }

  async verify({ organizationId }: Actor): Promise<AuditVerificationDto> {
    return AuditVerificationDto.of(await this.verification.verify(organizationId));
  }

  async keys(): Promise<AuditKeysDto> {
    return { keys: await this.signingKeys.jwks() };
  }
}
