import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { AuditLogPageDto, ListAuditLogsQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@ApiTags('Audit')
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get('logs')
  @Access('audit:read')
  @ApiOperation({ summary: 'List what happened in the organisation, newest first' })
  @Returns(200, AuditLogPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: ListAuditLogsQuery): Promise<AuditLogPageDto> {
    return this.audit.list(actor, query);
  }
}
