import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { IsAddressOrNetwork } from '../../common/http/field.decorators.js';
import { PageOf, PeriodQuery } from '../../common/pagination/pagination.js';
import { FILE_ACTIONS, type FileAccessRow, type FileAction } from './file-access.repository.js';

export class ListFileAccessQuery extends PeriodQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Who did it.' })
  @IsOptional()
  @IsUUID()
  user_id?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Also of a file that is gone.' })
  @IsOptional()
  @IsUUID()
  file_id?: string;

  @ApiPropertyOptional({ enum: FILE_ACTIONS })
  @IsOptional()
  @IsIn(FILE_ACTIONS)
  action?: FileAction;

  @ApiPropertyOptional({ example: '203.0.113.0/24', description: 'Address or network.' })
  @IsOptional()
  @IsAddressOrNetwork()
  ip?: string;
}

export class FileAccessDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'Who did it; null for whoever came with a link.',
  })
  user_id!: string | null;

  @ApiProperty({ format: 'uuid' })
  file_id!: string;

  @ApiProperty({
    example: 'invoices/0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11_invoice.pdf',
    description: 'Without the name once the owner’s account was erased.',
  })
  file_key!: string;

  @ApiProperty({ enum: FILE_ACTIONS })
  action!: FileAction;

  @ApiProperty({ type: 'string', nullable: true, example: '203.0.113.7' })
  ip_address!: string | null;

  @ApiProperty({ type: 'string', nullable: true })
  user_agent!: string | null;

  @ApiProperty({ example: 'local' })
  storage_backend!: string;

  @ApiProperty({ type: 'integer', description: 'That came in or went out.' })
  bytes!: number;

  static of({ organization_id: _, created_at, ...row }: FileAccessRow): FileAccessDto {
    return { ...row, created_at: created_at.toISOString() };
  }
}

export class FileAccessPageDto extends PageOf(FileAccessDto) {}
