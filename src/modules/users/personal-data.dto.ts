import { ApiProperty } from '@nestjs/swagger';
import { ANY_JSON } from '../../common/openapi/any-json.js';

/** All about a person; streamed, so no instance is ever made. */
export class PersonalDataDto {
  @ApiProperty({ format: 'uuid' })
  user_id!: string;

  @ApiProperty({ format: 'date-time' })
  exported_at!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: ANY_JSON,
    description: 'By kind: profile, preferences, sessions, conversations and so on. No secrets.',
  })
  data!: Record<string, unknown>;
}
