import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { IsAddressOrNetwork } from '../../common/http/field.decorators.js';
import { PageOf, PeriodQuery } from '../../common/pagination/pagination.js';
import type { AuditRow } from './audit.repository.js';

export class ListAuditLogsQuery extends PeriodQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Who did it.' })
  @IsOptional()
  @IsUUID()
  user_id?: string;

  @ApiPropertyOptional({ example: 'session.open' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  action?: string;

  @ApiPropertyOptional({ example: 'user:0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  resource?: string;

  @ApiPropertyOptional({ example: '203.0.113.0/24', description: 'Address or network.' })
  @IsOptional()
  @IsAddressOrNetwork()
  ip?: string;
}

export class AuditLogDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'Who did it; null for strangers and the system.',
  })
  user_id!: string | null;

  @ApiProperty({ example: 'session.open' })
  action!: string;

  @ApiProperty({ example: 'session:0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11' })
  resource!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  details!: Record<string, unknown>;

  @ApiProperty({ type: 'string', nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  user_agent!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  request_id!: string | null;

  static of({ organization_id: _, created_at, ...row }: AuditRow): AuditLogDto {
    return { ...row, created_at: created_at.toISOString() };
  }
}

export class AuditLogPageDto extends PageOf(AuditLogDto) {}
