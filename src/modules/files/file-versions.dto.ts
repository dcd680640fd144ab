import { ApiProperty } from '@nestjs/swagger';
import { PageOf } from '../../common/pagination/pagination.js';
import type { FileVersionRow } from './file-versions.repository.js';

export class FileVersionDto {
  @ApiProperty({ type: 'integer', example: 1 })
  version!: number;

  @ApiProperty({ example: 'invoices/0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11_invoice.pdf' })
  file_key!: string;

  @ApiProperty({ type: 'integer', example: 48_213 })
  size!: number;

  @ApiProperty({ example: 'application/pdf' })
  content_type!: string;

  @ApiProperty({ example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' })
  sha256!: string;

  @ApiProperty({ example: 'local' })
  storage_backend!: string;

  @ApiProperty({ format: 'uuid', description: 'Who uploaded it.' })
  created_by!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  static of({ number, object_key, created_at, ...version }: FileVersionRow): FileVersionDto {
    return { version: number, file_key: object_key, ...version, created_at: created_at.toISOString() };
  }
}

export class FileVersionPageDto extends PageOf(FileVersionDto) {}
