import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import { NullableOf } from '../../common/openapi/nullable-of.decorator.js';
import { PageOf, PageQuery } from '../../common/pagination/pagination.js';
import { BACKUP_ENGINES, BACKUP_KINDS, type BackupEngineName, type BackupKind } from './backup-manifest.js';
import type { ManifestSummary } from './backup-manifests.js';
import {
  BACKUP_STATUSES,
  BACKUP_TRIGGERS,
  REPLICA_STATUSES,
  VERIFICATION_STATUSES,
  type BackupStatus,
  type BackupTrigger,
  type ReplicaStatus,
  type VerificationStatus,
} from './backup.entity.js';
import type { BackupRow } from './backups.repository.js';

const TIME = { type: 'string', format: 'date-time', nullable: true } as const;
const SECONDS = { type: 'number', nullable: true, example: 12.5 } as const;
const WORDS = { type: 'string', nullable: true } as const;
const SHOWN_STATUSES = BACKUP_STATUSES.filter((status) => status !== 'deleting');

export class CreateBackupDto {
  @ApiProperty({ enum: BACKUP_KINDS, example: 'full' })
  @IsIn(BACKUP_KINDS)
  kind!: BackupKind;

  @ApiPropertyOptional({ enum: BACKUP_ENGINES, description: 'Unset: the best that works on this server.' })
  @MayBeAbsent()
  @IsIn(BACKUP_ENGINES)
  engine?: BackupEngineName;
}

export class ListBackupsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: BACKUP_KINDS })
  @MayBeAbsent()
  @IsIn(BACKUP_KINDS)
  kind?: BackupKind;

  @ApiPropertyOptional({ enum: SHOWN_STATUSES })
  @MayBeAbsent()
  @IsIn(SHOWN_STATUSES)
  status?: BackupStatus;
}

export class BackupFaultDto {
  @ApiProperty({ example: 'backup_failed' })
  code!: string;

  @ApiProperty({ ...WORDS, description: 'The same in words.' })
  detail!: string | null;
}

export class BackupVerificationDto {
  @ApiProperty({ enum: VERIFICATION_STATUSES })
  status!: VerificationStatus;

  @ApiProperty({ ...TIME, description: 'When a restore of it last ended, well or not.' })
  verified_at!: string | null;

  @ApiProperty({ ...SECONDS, description: 'Since then.' })
  age_seconds!: number | null;

  @ApiProperty({ ...SECONDS, description: 'How long the restore took.' })
  duration_seconds!: number | null;

  @ApiProperty({ ...WORDS, description: 'What was found.' })
  detail!: string | null;
}

export class BackupReplicaDto {
  @ApiProperty({ enum: REPLICA_STATUSES, description: '`none` where no second store is set.' })
  status!: ReplicaStatus;

  @ApiProperty({ ...TIME, description: 'When the copy was made and checked.' })
  copied_at!: string | null;

  @ApiProperty({ ...WORDS, description: 'Why there is none.' })
  detail!: string | null;
}

export class BackupSummaryDto implements ManifestSummary {
  @ApiProperty({ example: '1.0.0' })
  cloudkeep_version!: string;

  @ApiProperty({ example: '18.1' })
  server_version!: string;

  @ApiProperty({ example: 'pg_dump (PostgreSQL) 18.1' })
  tool_version!: string;

  @ApiProperty({ description: 'The newest migration in it.' })
  schema_version!: string;

  @ApiProperty({ type: 'integer' })
  parts!: number;

  @ApiProperty({ type: 'integer', nullable: true })
  tables!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Of all tables; null where nobody counted.' })
  rows!: number | null;

  @ApiProperty({ type: 'integer', description: 'Objects of the files’ store that its inventory lists.' })
  files!: number;
}

export class BackupDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: BACKUP_KINDS })
  kind!: BackupKind;

  @ApiProperty({ enum: BACKUP_ENGINES })
  engine!: BackupEngineName;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, description: 'What it continues.' })
  parent_id!: string | null;

  @ApiProperty({ enum: SHOWN_STATUSES })
  status!: BackupStatus;

  @ApiProperty({ enum: BACKUP_TRIGGERS })
  trigger!: BackupTrigger;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true })
  requested_by!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty(TIME)
  started_at!: string | null;

  @ApiProperty(TIME)
  finished_at!: string | null;

  @ApiProperty(SECONDS)
  duration_seconds!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Of all its objects, before they were sealed; null until it is made.',
  })
  bytes!: number | null;

  @ApiProperty({ type: 'integer', description: 'Read of the database so far.' })
  progress_bytes!: number;

  @ApiProperty({ type: 'integer', description: 'Of what is being done with it now; 0 once that succeeded.' })
  attempts!: number;

  @NullableOf(BackupFaultDto, 'What the last attempt failed of.')
  error!: BackupFaultDto | null;

  @ApiProperty({ type: () => BackupVerificationDto })
  verification!: BackupVerificationDto;

  @ApiProperty({ type: () => BackupReplicaDto })
  replica!: BackupReplicaDto;

  @NullableOf(BackupSummaryDto, 'What its manifest tells; null until it is made.')
  summary!: BackupSummaryDto | null;

  static of(row: BackupRow, now: Date): BackupDto {
    const { id, kind, engine, parent_id, status, trigger, requested_by, bytes, attempts, summary } = row;
    return {
      ...{ id, kind, engine, parent_id, status, trigger, requested_by },
      created_at: row.created_at.toISOString(),
      started_at: row.started_at?.toISOString() ?? null,
      finished_at: row.finished_at?.toISOString() ?? null,
      duration_seconds: secondsBetween(row.started_at, row.finished_at),
      bytes,
      progress_bytes: row.progress_bytes,
      attempts,
      error: row.error === null ? null : { code: row.error, detail: row.error_detail },
      verification: {
        status: row.verification,
        verified_at: row.verified_at?.toISOString() ?? null,
        age_seconds: secondsBetween(row.verified_at, now),
        duration_seconds: row.verification_seconds,
        detail: row.verification_detail,
      },
      replica: {
        status: row.replica,
        copied_at: row.replica_at?.toISOString() ?? null,
        detail: row.replica_detail,
      },
      summary,
    };
  }
}

export class BackupPageDto extends PageOf(BackupDto) {}

function secondsBetween(from: Date | null, to: Date | null): number | null {
  return from === null || to === null ? null : Math.max(0, (to.getTime() - from.getTime()) / 1000);
}
