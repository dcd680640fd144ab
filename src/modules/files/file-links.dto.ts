import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsAddressOrNetwork, MayBeAbsent } from '../../common/http/field.decorators.js';
import { PageOf } from '../../common/pagination/pagination.js';
import type { FileLinkRow } from './file-links.repository.js';

const LONGEST_SECONDS = 7 * 24 * 60 * 60;
const MOST = 2_147_483_647;

export class CreateFileLinkDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LONGEST_SECONDS,
    example: 86_400,
    description: 'Absent: as long as `SIGNED_URL_EXPIRATION_SECONDS` says.',
  })
  @MayBeAbsent()
  @Max(LONGEST_SECONDS)
  @Min(1)
  @IsInt()
  expires_in_seconds?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST,
    example: 1,
    description:
      'How often it may be opened. Every GET counts, also of a part and also one that finds nothing new; HEAD does not.',
  })
  @MayBeAbsent()
  @Max(MOST)
  @Min(1)
  @IsInt()
  max_uses?: number;

  @ApiPropertyOptional({
    example: '127.0.0.0/8',
    description: 'The only address or network it may be opened from.',
  })
  @MayBeAbsent()
  @IsAddressOrNetwork()
  ip?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST,
    example: 1,
    description: 'Of the file; absent: the current one. The link stays with it whatever follows.',
  })
  @MayBeAbsent()
  @Max(MOST)
  @Min(1)
  @IsInt()
  version?: number;

  @ApiPropertyOptional({
    enum: ['attachment', 'inline'],
    default: 'attachment',
    example: 'attachment',
    description: 'Whether a browser shows it; only of types that can not run anything.',
  })
  @MayBeAbsent()
  @IsIn(['attachment', 'inline'])
  disposition: 'attachment' | 'inline' = 'attachment';
}

export class FileLinkDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  file_id!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  version!: number;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null for any number.' })
  max_uses!: number | null;

  @ApiProperty({ type: 'integer', description: 'Of links without limit, some seconds behind.' })
  uses!: number;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  last_used_at!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: '127.0.0.0/8' })
  ip!: string | null;

  @ApiProperty({ enum: ['attachment', 'inline'] })
  disposition!: 'attachment' | 'inline';

  @ApiProperty({ format: 'uuid' })
  created_by!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  static of({ organization_id: _, ...link }: FileLinkRow): FileLinkDto {
    return {
      ...link,
      created_at: link.created_at.toISOString(),
      expires_at: link.expires_at.toISOString(),
      last_used_at: link.last_used_at?.toISOString() ?? null,
    };
  }
}

export class CreatedFileLinkDto extends FileLinkDto {
  @ApiProperty({
    format: 'uri',
    description: 'Whoever has it has the file. Shown this once.',
  })
  url!: string;
}

export class FileLinkPageDto extends PageOf(FileLinkDto) {}
