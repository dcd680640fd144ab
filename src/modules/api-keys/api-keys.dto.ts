import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsAddressOrNetwork } from '../../common/http/field.decorators.js';
import { PageOf } from '../../common/pagination/pagination.js';
import type { MachineCredentialRow } from './machine-credentials.repository.js';
import { CreatePersonalTokenDto, PersonalTokenDto, shownOf } from './personal-tokens.dto.js';

const MOST_NETWORKS = 100;
const MOST_REQUESTS = 1_000_000;
const LONGEST_GRACE_SECONDS = 30 * 86_400;

export class CreateApiKeyDto extends CreatePersonalTokenDto {
  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    minItems: 1,
    maxItems: MOST_NETWORKS,
    example: ['203.0.113.0/24', '2001:db8::/32'],
    description: 'Addresses and networks it may be used from; null for any.',
  })
  @IsOptional()
  @IsAddressOrNetwork({ each: true })
  @ArrayMaxSize(MOST_NETWORKS)
  @ArrayMinSize(1, { message: 'must name at least one address or network, or be null for any' })
  @IsArray()
  allowed_ips?: string[] | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MOST_REQUESTS,
    description: 'A rate limit of its own; null for the general one.',
  })
  @IsOptional()
  @Max(MOST_REQUESTS)
  @Min(1)
  @IsInt()
  requests_per_minute?: number | null;
}

export class UpdateApiKeyDto extends PartialType(CreateApiKeyDto, { skipNullProperties: false }) {}

export class RotateApiKeyDto {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: LONGEST_GRACE_SECONDS,
    example: 3600,
    description: 'How long the old secret still works; 0 ends it, and any older one, at once.',
  })
  @Max(LONGEST_GRACE_SECONDS)
  @Min(0)
  @IsInt()
  grace_seconds!: number;
}

function keyShownOf(row: MachineCredentialRow, now: Date) {
  return {
    ...shownOf(row, now),
    created_by: row.user_id,
    allowed_ips: row.allowed_ips,
    requests_per_minute: row.requests_per_minute,
    previous_valid_until: row.previous_valid_until?.toISOString() ?? null,
  };
}

export class ApiKeyDto extends PersonalTokenDto {
  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'Who made it, and whose scopes bound it while they have an account.',
  })
  created_by!: string | null;

  @ApiProperty({ type: [String], nullable: true })
  allowed_ips!: string[] | null;

  @ApiProperty({ type: 'integer', nullable: true })
  requests_per_minute!: number | null;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Until when the secret before the last rotation still works.',
  })
  previous_valid_until!: string | null;

  static override of(row: MachineCredentialRow, now: Date): ApiKeyDto {
    return keyShownOf(row, now);
  }
}

export class CreatedApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    example: 'key_7Qm2ZkT0xGd8Yb5RfWc1LsPa9NvHj4EuKi6MoXt3BzQ0aVdR1f',
    description: 'The key itself, shown this once.',
  })
  key!: string;

  static with(row: MachineCredentialRow, key: string, now: Date): CreatedApiKeyDto {
    return { ...keyShownOf(row, now), key };
  }
}

export class ApiKeyPageDto extends PageOf(ApiKeyDto) {}
