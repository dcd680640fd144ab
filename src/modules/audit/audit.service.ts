import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { pageOf } from '../../common/pagination/pagination.js';
import { AuditLogDto, type AuditLogPageDto, type ListAuditLogsQuery } from './audit.dto.js';
import { AuditRepository } from './audit.repository.js';

/** Reading the trail of one's organisation. */
@Injectable()
export class AuditService {
  constructor(private readonly audit: AuditRepository) {}

  async list(actor: Actor, { limit, cursor, ...filters }: ListAuditLogsQuery): Promise<AuditLogPageDto> {
    const rows = await this.audit.list(actor.organizationId, filters, limit, cursor);
    return pageOf(rows, limit, (row) => AuditLogDto.of(row));
  }
}
