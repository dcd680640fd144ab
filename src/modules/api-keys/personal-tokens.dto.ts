import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateBy,
} from 'class-validator';
import { SCOPES, type Scope } from '../../common/access/scopes.js';
import { IsTime } from '../../common/http/field.decorators.js';
import { PageOf } from '../../common/pagination/pagination.js';
import { isWellFormedSecret } from './credential-secret.js';
import type { MachineCredentialRow } from './machine-credentials.repository.js';

const EXPIRY =
  'When it ends; left out, as late as the server allows. Null for never, where the server allows that.';

export class CreatePersonalTokenDto {
  @ApiProperty({ example: 'Deploy from CI', maxLength: 100 })
  @MaxLength(100)
  @Matches(/\S/, { message: 'must not be blank' })
  @IsString()
  name!: string;

  @ApiProperty({
    isArray: true,
    enum: SCOPES,
    example: ['files:read', 'files:write'],
    minItems: 1,
    uniqueItems: true,
  })
  @IsIn(SCOPES, { each: true, message: `must be scopes the API knows: ${SCOPES.join(', ')}` })
  @ArrayUnique({ message: 'must not name a scope twice' })
  @ArrayMinSize(1, { message: 'must name at least one scope' })
  @IsArray()
  scopes!: Scope[];

  @ApiPropertyOptional({ type: 'string', format: 'date-time', nullable: true, description: EXPIRY })
  @IsOptional()
  @IsTime()
  expires_at?: Date | null;
}

/** What tokens and keys alike show of themselves. */
export function shownOf(row: MachineCredentialRow, now: Date) {
  return {
    id: row.id,
    name: row.name,
    masked: row.masked,
    scopes: row.scopes,
    status: row.expires_at !== null && row.expires_at <= now ? ('expired' as const) : ('active' as const),
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    last_used_ip: row.last_used_ip,
    usage_count: row.usage_count,
  };
}

export class PersonalTokenDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ example: 'pat_abc...xyz', description: 'All that can still be shown of the secret.' })
  masked!: string;

  @ApiProperty({ isArray: true, enum: SCOPES })
  scopes!: Scope[];

  @ApiProperty({ enum: ['active', 'expired'] })
  status!: 'active' | 'expired';

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  expires_at!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'A few seconds late.' })
  last_used_at!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: '203.0.113.7' })
  last_used_ip!: string | null;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Requests made with it; a few seconds late.' })
  usage_count!: number;

  static of(row: MachineCredentialRow, now: Date): PersonalTokenDto {
    return shownOf(row, now);
  }
}

export class CreatedPersonalTokenDto extends PersonalTokenDto {
  @ApiProperty({
    example: 'pat_7Qm2ZkT0xGd8Yb5RfWc1LsPa9NvHj4EuKi6MoXt3BzQ0aVdR1f',
    description: 'The token itself, shown this once.',
  })
  token!: string;

  static with(row: MachineCredentialRow, token: string, now: Date): CreatedPersonalTokenDto {
    return { ...shownOf(row, now), token };
  }
}

export class PersonalTokenPageDto extends PageOf(PersonalTokenDto) {}

function IsSecret(): PropertyDecorator {
  return ValidateBy({
    name: 'isSecret',
    validator: {
      validate: (value) => typeof value === 'string' && isWellFormedSecret(value),
      defaultMessage: () => 'must be a pat_… or key_… as it was given: part of it is missing or mistyped',
    },
  });
}

export class RevokeTokenDto {
  @ApiProperty({ description: 'A `pat_…` or `key_…` that somebody holds and should not.' })
  @IsSecret()
  token!: string;
}
