import { ApiProperty } from '@nestjs/swagger';
import { PageOf } from '../../common/pagination/pagination.js';
import type { ArchiveRow } from './lab-archives.repository.js';

export class ArchiveDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: '2026-01', description: 'When its experiments were, in UTC.' })
  month!: string;

  @ApiProperty({ format: 'date-time' })
  first_at!: string;

  @ApiProperty({ format: 'date-time' })
  last_at!: string;

  @ApiProperty({ type: 'integer', example: 1_024 })
  experiments!: number;

  @ApiProperty({ type: 'integer', example: 48_213, description: 'In bytes, compressed.' })
  size!: number;

  @ApiProperty({ description: 'Of the compressed bytes, in hexadecimal.' })
  sha256!: string;

  @ApiProperty({ format: 'date-time' })
  archived_at!: string;

  static of({ created_at, first_at, last_at, organization_id: _, ...archive }: ArchiveRow): ArchiveDto {
    return {
      ...archive,
      first_at: first_at.toISOString(),
      last_at: last_at.toISOString(),
      archived_at: created_at.toISOString(),
    };
  }
}

export class ArchivePageDto extends PageOf(ArchiveDto) {}
