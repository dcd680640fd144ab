import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import { JsonObject, MayBeAbsent } from '../../common/http/field.decorators.js';
import { MEDIA_TYPE } from './content-type.js';
import { LARGEST_METADATA_BYTES, UploadFields } from './files.dto.js';
import type { UploadRow } from './pending-uploads.repository.js';

const SHA_256 = /^[0-9a-f]{64}$/;

export class CreateUploadDto extends OmitType(UploadFields, ['metadata'] as const) {
  @ApiProperty({ example: 'invoice.pdf', maxLength: 255 })
  @IsString()
  @Length(1, 255)
  file_name!: string;

  @ApiProperty({ type: 'integer', minimum: 0, example: 5, description: 'In bytes, exactly.' })
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(0)
  @IsInt()
  size!: number;

  @ApiProperty({
    example: 'text/plain',
    description: 'Counts where the bytes do not tell their type themselves.',
  })
  @Matches(MEDIA_TYPE, { message: 'must be a media type without parameters' })
  content_type!: string;

  @ApiPropertyOptional({
    example: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    description: 'In lower-case hexadecimal; what comes must match it.',
  })
  @MayBeAbsent()
  @Matches(SHA_256, { message: 'must be a SHA-256 digest in lower-case hexadecimal' })
  sha256?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { invoice_number: 'R-2024-17' },
    description: `At most ${LARGEST_METADATA_BYTES} bytes as JSON in UTF-8.`,
  })
  @MayBeAbsent()
  @JsonObject(LARGEST_METADATA_BYTES)
  metadata?: Record<string, unknown>;
}

export class CreatedUploadDto {
  @ApiProperty({ format: 'uuid' })
  upload_id!: string;

  @ApiProperty({
    format: 'uri',
    description: 'Where the content goes, without a credential. Shown this once.',
  })
  upload_url!: string;

  @ApiProperty({ enum: ['PUT'] })
  method!: 'PUT';

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'To be sent with it, exactly.',
  })
  headers!: Record<string, string>;

  @ApiProperty({ format: 'date-time', description: 'Until then it must be complete.' })
  expires_at!: string;
}

export class UploadDto {
  @ApiProperty({ format: 'uuid' })
  upload_id!: string;

  @ApiProperty({ enum: ['pending', 'completed'] })
  status!: 'pending' | 'completed';

  @ApiProperty({ example: 'invoice.pdf' })
  file_name!: string;

  @ApiProperty({ type: 'integer', example: 48_213 })
  size!: number;

  @ApiProperty({ type: 'integer', description: 'How many bytes have come.' })
  received!: number;

  @ApiProperty({ example: 'application/pdf', description: 'As announced.' })
  content_type!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'As announced.' })
  sha256!: string | null;

  @ApiProperty({ example: 'invoices' })
  collection!: string;

  @ApiProperty({ type: 'string', nullable: true, format: 'uuid', description: 'The file it became.' })
  file_id!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;

  static of(upload: UploadRow): UploadDto {
    const { id, file_name, size, received, content_type, sha256, collection, file_id } = upload;
    return {
      upload_id: id,
      status: file_id === null ? 'pending' : 'completed',
      file_name,
      size,
      received: file_id === null ? received : size,
      content_type,
      sha256,
      collection,
      file_id,
      created_at: upload.created_at.toISOString(),
      expires_at: upload.expires_at.toISOString(),
    };
  }
}
