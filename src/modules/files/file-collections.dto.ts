import { ApiProperty } from '@nestjs/swagger';
import { PageOf } from '../../common/pagination/pagination.js';
import type { CollectionRow } from './file-collections.repository.js';

export class CollectionDto {
  @ApiProperty({ example: 'invoices' })
  name!: string;

  @ApiProperty({ type: 'integer', example: 42, description: 'Without those in the trash.' })
  file_count!: number;

  @ApiProperty({ type: 'integer', example: 73_400_320, description: 'Of their current versions.' })
  bytes!: number;

  @ApiProperty({ format: 'date-time', description: 'When one of its files was last changed.' })
  updated_at!: string;

  static of({ name, file_count, bytes, updated_at: at }: CollectionRow): CollectionDto {
    return { name, file_count, bytes, updated_at: at.toISOString() };
  }
}

export class CollectionPageDto extends PageOf(CollectionDto) {}
