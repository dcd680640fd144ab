import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { JsonObject } from '../../common/http/field.decorators.js';
import type { PasskeyRow } from './passkeys.repository.js';

const MOST_BYTES = 32_768;

/** What the browser made, as it is. */
export const WEBAUTHN_RESPONSE = {
  type: 'object',
  additionalProperties: true,
  description: 'The `PublicKeyCredential` of the browser, as its `toJSON()` gives it (WebAuthn Level 3).',
} as const;

export function WebAuthnResponse(): PropertyDecorator {
  return JsonObject(MOST_BYTES);
}

export class WebAuthnOptionsDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'For `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()` of the browser; good once, for five minutes.',
  })
  options!: object;
}

export class CreatePasskeyDto {
  @ApiProperty({ example: 'Ada’s phone', maxLength: 100 })
  @MaxLength(100)
  @Matches(/\S/, { message: 'must not be blank' })
  @IsString()
  name!: string;

  @ApiProperty(WEBAUTHN_RESPONSE)
  @WebAuthnResponse()
  response!: object;
}

function shownOf(row: PasskeyRow) {
  return {
    id: row.id,
    name: row.name,
    is_backed_up: row.is_backed_up,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
  };
}

export class PasskeyDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Ada’s phone' })
  name!: string;

  @ApiProperty({ description: 'Whether its maker copies it to other devices of its owner.' })
  is_backed_up!: boolean;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  last_used_at!: string | null;

  static of(row: PasskeyRow): PasskeyDto {
    return shownOf(row);
  }
}

export class CreatedPasskeyDto extends PasskeyDto {
  @ApiProperty({
    type: [String],
    nullable: true,
    description: 'Shown this once, with the first factor of an account; null with others.',
  })
  recovery_codes!: string[] | null;

  static with(row: PasskeyRow, codes: string[] | null): CreatedPasskeyDto {
    return { ...shownOf(row), recovery_codes: codes };
  }
}

export class PasskeysDto {
  @ApiProperty({ type: () => [PasskeyDto] })
  items!: PasskeyDto[];

  @ApiProperty({ type: 'string', nullable: true, description: 'Always null: every passkey is listed.' })
  next_cursor!: string | null;
}
