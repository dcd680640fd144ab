import { ApiProperty } from '@nestjs/swagger';
import { AnyJson } from '../../common/http/field.decorators.js';
import { ANY_JSON } from '../../common/openapi/any-json.js';
import { PageOf } from '../../common/pagination/pagination.js';
import type { PreferenceRow } from './preferences.repository.js';

const MOST_BYTES = 16_384;

export class PutPreferenceDto {
  @ApiProperty({
    ...ANY_JSON,
    example: { theme: 'dark' },
    description: `Any JSON, null too, of at most ${MOST_BYTES} bytes in UTF-8.`,
  })
  @AnyJson(MOST_BYTES)
  value!: unknown;
}

export class PreferenceDto {
  @ApiProperty({ example: 'dashboard.layout' })
  key!: string;

  @ApiProperty({ ...ANY_JSON, example: { theme: 'dark' } })
  value!: unknown;

  @ApiProperty({ format: 'date-time' })
  updated_at!: string;

  static of({ key, value, updated_at }: PreferenceRow): PreferenceDto {
    return { key, value, updated_at: updated_at.toISOString() };
  }
}

export class PreferencePageDto extends PageOf(PreferenceDto) {}
