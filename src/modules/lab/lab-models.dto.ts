import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { Flag, JsonObject, MayBeAbsent } from '../../common/http/field.decorators.js';
import { PageOf, PageQuery } from '../../common/pagination/pagination.js';
import { isBuiltIn } from './built-in-model.js';
import type { ModelRow } from './lab-models.repository.js';

/** Also a file name, wherever the model is downloaded to. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_MESSAGE = 'must be 1 to 64 letters, digits, ".", "_" and "-", the first a letter or digit';
/** Semantic Versioning 2.0.0, the expression that semver.org suggests. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;
const LONGEST_VERSION = 64;
const LONGEST_DESCRIPTION = 2_000;
const LARGEST_METRICS_BYTES = 16_384;
const METRICS = `What was measured of it, at most ${LARGEST_METRICS_BYTES} bytes in UTF-8.`;

/** The fields of a registration's form, its metrics read. */
export class RegisterModelFields {
  @ApiProperty({ example: 'night-owl', pattern: NAME.source })
  @Matches(NAME, { message: NAME_MESSAGE })
  name!: string;

  @ApiProperty({
    example: '1.2.0',
    maxLength: LONGEST_VERSION,
    description: 'A semantic version (semver.org). Name and version together are unique.',
  })
  @MaxLength(LONGEST_VERSION)
  @Matches(SEMVER, { message: 'must be a semantic version such as 1.2.0 or 1.2.0-rc.1' })
  version!: string;

  @ApiPropertyOptional({ type: 'boolean', default: false })
  @MayBeAbsent()
  @Flag()
  @IsBoolean()
  is_experimental = false;

  @ApiPropertyOptional({ type: 'string', maxLength: LONGEST_DESCRIPTION })
  @MayBeAbsent()
  @IsString()
  @Length(1, LONGEST_DESCRIPTION)
  description?: string;

  @ApiPropertyOptional({
    type: 'string',
    example: '{"auc": 0.91}',
    description: `A JSON object. ${METRICS}`,
  })
  @MayBeAbsent()
  @JsonObject(LARGEST_METRICS_BYTES)
  metrics?: Record<string, unknown>;
}

export class UpdateModelDto {
  @ApiPropertyOptional({ example: false })
  @MayBeAbsent()
  @IsBoolean()
  is_experimental?: boolean;

  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    maxLength: LONGEST_DESCRIPTION,
    example: 'Of spring',
  })
  @IsOptional()
  @IsString()
  @Length(1, LONGEST_DESCRIPTION)
  description?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { auc: 0.91 },
    description: `Replaces what was there. ${METRICS}`,
  })
  @IsOptional()
  @JsonObject(LARGEST_METRICS_BYTES)
  metrics?: Record<string, unknown> | null;
}

export class ListModelsQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'night-owl' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  name?: string;

  @ApiPropertyOptional({ type: 'boolean' })
  @IsOptional()
  @Flag()
  @IsBoolean()
  is_experimental?: boolean;
}

export class ModelDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'night-owl' })
  name!: string;

  @ApiProperty({ example: '1.2.0' })
  version!: string;

  @ApiProperty({ example: false })
  is_experimental!: boolean;

  @ApiProperty({
    description: 'Whether it is the one that judges where no other is assigned; it has no file.',
  })
  is_built_in!: boolean;

  @ApiProperty({ type: 'string', nullable: true })
  description!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, example: { auc: 0.91 } })
  metrics!: Record<string, unknown> | null;

  @ApiProperty({ type: 'integer', example: 48_213, description: 'Of the file, in bytes.' })
  size!: number;

  @ApiProperty({ type: 'string', nullable: true, description: 'Of the file, in hexadecimal.' })
  sha256!: string | null;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, description: 'Who registered it.' })
  created_by!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  updated_at!: string;

  static of({ created_at, updated_at, ...model }: ModelRow): ModelDto {
    return {
      ...model,
      is_built_in: isBuiltIn(model.id),
      created_at: created_at.toISOString(),
      updated_at: updated_at.toISOString(),
    };
  }
}

export class ModelPageDto extends PageOf(ModelDto) {}

/** A model as other things name it: it may be gone. */
export class ModelNameDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'night-owl' })
  name!: string;

  @ApiProperty({ example: '1.2.0' })
  version!: string;
}
