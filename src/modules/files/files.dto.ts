import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { Flag, JsonObject, MayBeAbsent } from '../../common/http/field.decorators.js';
import { PageOf, PageQuery } from '../../common/pagination/pagination.js';
import { ExtractedMetadataDto } from './extraction/extracted-metadata.dto.js';
import type { FileRow } from './files.repository.js';

export const DEFAULT_COLLECTION = 'default';
export const COLLECTION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const COLLECTION_MESSAGE = 'must be 1 to 64 letters, digits, ".", "_" and "-", the first a letter or digit';
export const LARGEST_METADATA_BYTES = 16_384;
const LONGEST_RESOURCE_PART = 200;

export class ListFilesQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'invoices' })
  @IsOptional()
  @Matches(COLLECTION, { message: COLLECTION_MESSAGE })
  collection?: string;

  @ApiPropertyOptional({ maxLength: LONGEST_RESOURCE_PART, example: 'transaction' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_RESOURCE_PART)
  resource_type?: string;

  @ApiPropertyOptional({ maxLength: LONGEST_RESOURCE_PART, example: 'tx-2024-0042' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_RESOURCE_PART)
  resource_id?: string;

  @ApiPropertyOptional({ maxLength: 255, description: 'What the name contains, in either case.' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  q?: string;

  @ApiPropertyOptional({ type: 'boolean', default: false, description: 'Those in the trash instead.' })
  @IsOptional()
  @Flag()
  @IsBoolean()
  deleted = false;
}

export class UploadQuery {
  @ApiPropertyOptional({
    type: 'boolean',
    default: false,
    description: 'Look into the file for what it tells of itself, and keep that as `extracted`.',
  })
  @IsOptional()
  @Flag()
  @IsBoolean()
  extract = false;
}

/** The fields of an upload's form, its metadata read. */
export class UploadFields {
  @ApiPropertyOptional({ default: DEFAULT_COLLECTION, example: 'invoices', maxLength: 64 })
  @MayBeAbsent()
  @Matches(COLLECTION, { message: COLLECTION_MESSAGE })
  collection: string = DEFAULT_COLLECTION;

  @ApiPropertyOptional({ type: 'string', maxLength: LONGEST_RESOURCE_PART, example: 'transaction' })
  @MayBeAbsent()
  @IsString()
  @Length(1, LONGEST_RESOURCE_PART)
  resource_type?: string;

  @ApiPropertyOptional({ type: 'string', maxLength: LONGEST_RESOURCE_PART, example: 'tx-2024-0042' })
  @MayBeAbsent()
  @IsString()
  @Length(1, LONGEST_RESOURCE_PART)
  resource_id?: string;

  @ApiPropertyOptional({
    type: 'string',
    example: '{"invoice_number": "R-2024-17"}',
    description: `A JSON object of at most ${LARGEST_METADATA_BYTES} bytes in UTF-8.`,
  })
  @MayBeAbsent()
  @JsonObject(LARGEST_METADATA_BYTES)
  metadata?: Record<string, unknown>;
}

export class UpdateFileDto {
  @ApiPropertyOptional({ example: 'invoice-2024-06.pdf', maxLength: 255 })
  @MayBeAbsent()
  @IsString()
  @Length(1, 255)
  file_name?: string;

  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    maxLength: LONGEST_RESOURCE_PART,
    example: 'transaction',
  })
  @IsOptional()
  @IsString()
  @Length(1, LONGEST_RESOURCE_PART)
  resource_type?: string | null;

  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    maxLength: LONGEST_RESOURCE_PART,
    example: 'tx-2024-0042',
  })
  @IsOptional()
  @IsString()
  @Length(1, LONGEST_RESOURCE_PART)
  resource_id?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { invoice_number: 'R-2024-17' },
    description: `Replaces what was there. At most ${LARGEST_METADATA_BYTES} bytes as JSON in UTF-8.`,
  })
  @IsOptional()
  @JsonObject(LARGEST_METADATA_BYTES)
  metadata?: Record<string, unknown> | null;
}

@ApiExtraModels(ExtractedMetadataDto)
export class FileDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({
    example: 'invoices/0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11_invoice.pdf',
    description: 'Of the current version; each has its own, for ever.',
  })
  file_key!: string;

  @ApiProperty({ example: 'invoice.pdf' })
  file_name!: string;

  @ApiProperty({ type: 'integer', example: 48_213 })
  size!: number;

  @ApiProperty({ example: 'application/pdf', description: 'Told from the bytes.' })
  content_type!: string;

  @ApiProperty({ example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' })
  sha256!: string;

  @ApiProperty({ example: 'invoices' })
  collection!: string;

  @ApiProperty({ type: 'string', nullable: true, example: 'transaction' })
  resource_type!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'tx-2024-0042' })
  resource_id!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  metadata!: Record<string, unknown> | null;

  @ApiProperty({
    oneOf: [{ $ref: getSchemaPath(ExtractedMetadataDto) }, { type: 'null' }],
    description: 'What was found in the bytes of the current version; null where nobody asked.',
  })
  extracted!: ExtractedMetadataDto | null;

  @ApiProperty({ type: 'integer', example: 1 })
  version!: number;

  @ApiProperty({ example: 'local' })
  storage_backend!: string;

  @ApiProperty({ format: 'uuid' })
  owner_id!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  updated_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Since when it is in the trash.',
  })
  deleted_at!: string | null;

  static of({ organization_id: _, modified_at: __, ...file }: FileRow): FileDto {
    return {
      ...file,
      extracted: file.extracted && ExtractedMetadataDto.of(file.extracted),
      created_at: file.created_at.toISOString(),
      updated_at: file.updated_at.toISOString(),
      deleted_at: file.deleted_at?.toISOString() ?? null,
    };
  }
}

export class FilePageDto extends PageOf(FileDto) {}
