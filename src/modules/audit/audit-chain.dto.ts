import type { JsonWebKey } from 'node:crypto';
import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ListAuditLogsQuery } from './audit.dto.js';
import type { Verification } from './audit-verification.js';
import { FAULTS, type FaultKind } from './chain-check.js';

const FORMATS = ['ndjson', 'csv'] as const;

export class ExportAuditLogsQuery extends OmitType(ListAuditLogsQuery, ['limit', 'cursor']) {
  @ApiPropertyOptional({ enum: FORMATS, default: 'ndjson' })
  @IsOptional()
  @IsIn(FORMATS)
  format: (typeof FORMATS)[number] = 'ndjson';
}

export class ChainHeadDto {
  @ApiProperty({ type: 'integer', description: 'Links are counted from 1.' })
  seq!: number;

  @ApiProperty({ description: 'SHA-256 in hexadecimal.' })
  hash!: string;
}

export class ChainFaultDto {
  @ApiProperty({ enum: Object.keys(FAULTS) })
  kind!: FaultKind;

  @ApiProperty({ description: 'The kind in words.' })
  detail!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The link; null for a row in no chain.' })
  seq!: number | null;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'The row, where one is meant.',
  })
  log_id!: string | null;
}

export class AuditVerificationDto {
  @ApiProperty()
  valid!: boolean;

  @ApiProperty({ type: 'integer', description: 'Links that hold.' })
  checked!: number;

  @ApiProperty({ type: () => ChainHeadDto, description: 'The last link that holds.' })
  head!: ChainHeadDto;

  @ApiPropertyOptional({
    type: () => ChainFaultDto,
    description: 'The first fault; absent where there is none.',
  })
  broken_at?: ChainFaultDto;

  static of({ checked, head: { seq, hash }, fault }: Verification): AuditVerificationDto {
    return {
      valid: fault === null,
      checked,
      head: { seq, hash: hash.toString('hex') },
      ...(fault === null ? {} : { broken_at: { ...fault, detail: FAULTS[fault.kind] } }),
    };
  }
}

export class AuditKeysDto {
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  keys!: JsonWebKey[];
}
