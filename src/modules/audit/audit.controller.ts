import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor, Public } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { ReturnsFile } from '../../common/openapi/returns-bytes.decorator.js';
import { AuditKeysDto, AuditVerificationDto, ExportAuditLogsQuery } from './audit-chain.dto.js';
import { AuditExportService } from './audit-export.service.js';
import { AuditLogPageDto, ListAuditLogsQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@ApiTags('Audit')
@Controller('audit')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly exports: AuditExportService,
  ) {}

  @Get('logs')
  @Access('audit:read')
  @ApiOperation({ summary: 'List what happened in the organisation, newest first' })
  @Returns(200, AuditLogPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: ListAuditLogsQuery): Promise<AuditLogPageDto> {
    return this.audit.list(actor, query);
  }

  @Get('logs/export')
  @Access('audit:read')
  @ApiOperation({ summary: 'Download the trail, oldest first, with what it takes to check it offline' })
  @ReturnsFile(['application/x-ndjson', 'text/csv'], [400])
  export(@CurrentActor() actor: Actor, @Query() query: ExportAuditLogsQuery): Promise<StreamableFile> {
    return this.exports.export(actor, query);
  }

  @Get('verify')
  @Access('audit:read')
  @ApiOperation({ summary: 'Check that no row was changed, removed, added or moved since it was bound' })
  @Returns(200, AuditVerificationDto, [503])
  verify(@CurrentActor() actor: Actor): Promise<AuditVerificationDto> {
    return this.audit.verify(actor);
  }

  @Get('keys')
  @Public()
  @ApiOperation({ summary: 'Read the public keys of audit seals (RFC 7517)' })
  @Returns(200, AuditKeysDto)
  keys(): Promise<AuditKeysDto> {
    return this.audit.keys();
  }
}
