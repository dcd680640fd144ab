import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  Validate,
  ValidateIf,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { Flag, MayBeAbsent } from '../../common/http/field.decorators.js';
import { PageOf, PageQuery } from '../../common/pagination/pagination.js';
import type { InstanceSignal } from '../market/market-data.port.js';
import {
  END_REASONS,
  SESSION_STATUSES,
  type EndReason,
  type SandboxSessionRow,
  type SessionStatus,
} from './sandbox-sessions.repository.js';

export const DEFAULT_TTL_MINUTES = 60;
const LONGEST_TTL_MINUTES = 240;

/** Of the region, or of one of its local zones: `us-east-1a`, `us-west-2-lax-1a`. */
const ZONE_SUFFIX = /^(-[a-z]{3}-\d)?[a-z]$/;

@ValidatorConstraint({ name: 'isZoneOfRegion' })
class IsZoneOfRegion implements ValidatorConstraintInterface {
  validate(zone: unknown, { object }: ValidationArguments): boolean {
    const { aws_region: region } = object as { aws_region?: unknown };
    if (typeof zone !== 'string' || zone.length > 64) return false;
    return (
      typeof region === 'string' && zone.startsWith(region) && ZONE_SUFFIX.test(zone.slice(region.length))
    );
  }

  defaultMessage(): string {
    return 'must be a zone of aws_region such as eu-west-1a';
  }
}

const TEMPORARY = 'ASIA';
/** AWS promises no length; those of today stay well below. */
const LONGEST_TOKEN = 8_192;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
@ValidatorConstraint({ name: 'isTokenOfKey' })
class IsTokenOfKey implements ValidatorConstraintInterface {
  validate(token: unknown, { object }: ValidationArguments): boolean {
    return (
      isTemporary(object) &&
      typeof token === 'string' &&
      token.length <= LONGEST_TOKEN &&
      /^[A-Za-z0-9/+=_-]{16,}$/.test(token)
    );
  }

  defaultMessage({ value, object }: ValidationArguments): string {
    if (!isTemporary(object)) return 'goes only with a temporary key, ASIA and 16 more';
    return value === undefined || value === null
      ? 'is needed with a temporary key, ASIA and 16 more'
      : 'must be a session token';
  }
}

interface KeyIdSent {
  readonly aws_access_key?: unknown;
}

function isTemporary({ aws_access_key: id }: KeyIdSent): boolean {
  return typeof id === 'string' && id.startsWith(TEMPORARY);
}

/** Whatever is wrong with a secret, it is never repeated. */
export class CreateSandboxSessionDto {
  @ApiProperty({ example: 'i-0abcd1234ef567890' })
  @Matches(/^i-([0-9a-f]{8}|[0-9a-f]{17})$/, {
    message: 'must be an instance id such as i-0abcd1234ef567890',
  })
  instance_id!: string;

  @ApiProperty({ example: 'm5.large', maxLength: 64 })
  @MaxLength(64)
  @Matches(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, { message: 'must be an instance type such as m5.large' })
  instance_type!: string;

  @ApiProperty({ example: 'eu-west-1a', maxLength: 64 })
  @Validate(IsZoneOfRegion)
  availability_zone!: string;

  @ApiProperty({ example: 'AKIAIOSFODNN7EXAMPLE', description: 'Kept sealed, never shown again in full.' })
  @Matches(/^A(KI|SI)A[A-Z0-9]{16}$/, { message: 'must be an access key id: AKIA or ASIA and 16 more' })
  aws_access_key!: string;

  @ApiProperty({
    example: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    minLength: 16,
    maxLength: 128,
    description: 'Kept sealed, never shown again.',
  })
  @Matches(/^[A-Za-z0-9/+=]{16,128}$/, { message: 'must be a secret access key' })
  aws_secret_key!: string;

  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    maxLength: LONGEST_TOKEN,
    description:
      'Needed with a temporary key (ASIA), refused with a lasting one (AKIA). Kept sealed, never shown again.',
  })
  @ValidateIf(
    (sent: CreateSandboxSessionDto) => isTemporary(sent) || (sent.aws_session_token ?? null) !== null,
  )
  @Validate(IsTokenOfKey)
  aws_session_token?: string | null;

  @ApiProperty({ example: 'eu-west-1', maxLength: 32 })
  @MaxLength(32)
  @Matches(/^[a-z]{2}(-[a-z]+)+-\d$/, { message: 'must be a region such as eu-west-1' })
  aws_region!: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LONGEST_TTL_MINUTES,
    default: DEFAULT_TTL_MINUTES,
  })
  @MayBeAbsent()
  @Max(LONGEST_TTL_MINUTES)
  @Min(1)
  @IsInt()
  ttl_minutes?: number;
}

export class SandboxSessionsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: SESSION_STATUSES })
  @IsOptional()
  @IsIn(SESSION_STATUSES)
  status?: SessionStatus;

  @ApiPropertyOptional({
    type: 'boolean',
    default: false,
    description: 'Those of everybody in the organisation; needs `sandbox:cancel`.',
  })
  @IsOptional()
  @Flag()
  @IsBoolean()
  all?: boolean;
}

export class SandboxSessionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'Whose it is.' })
  user_id!: string;

  @ApiProperty({ example: 'i-0abcd1234ef567890' })
  instance_id!: string;

  @ApiProperty({ example: 'm5.large' })
  instance_type!: string;

  @ApiProperty({ example: 'eu-west-1a' })
  availability_zone!: string;

  @ApiProperty({ example: 'eu-west-1' })
  aws_region!: string;

  @ApiProperty({ example: 'AKIA...MPLE' })
  aws_access_key_masked!: string;

  @ApiProperty({ enum: SESSION_STATUSES })
  status!: SessionStatus;

  @ApiProperty({
    enum: ['none', 'rebalance', 'termination'],
    description: 'The gravest warning a caller told of.',
  })
  signal!: InstanceSignal;

  @ApiProperty({ type: 'integer', description: 'The number of the last log line; 0 before the first.' })
  last_log_seq!: number;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  ended_at!: string | null;

  @ApiProperty({ type: 'string', enum: [...END_REASONS, null], nullable: true })
  end_reason!: EndReason | null;

  static of(row: SandboxSessionRow, now: Date): SandboxSessionDto {
    return {
      id: row.id,
      user_id: row.user_id,
      instance_id: row.instance_id,
      instance_type: row.instance_type,
      availability_zone: row.availability_zone,
      aws_region: row.aws_region,
      aws_access_key_masked: row.aws_access_key_masked,
      status: statusOf(row, now),
      signal: row.signal,
      last_log_seq: Number(row.last_log_seq),
      created_at: row.created_at.toISOString(),
      expires_at: row.expires_at.toISOString(),
      ended_at: row.ended_at?.toISOString() ?? null,
      end_reason: row.end_reason,
    };
  }
}

export class SandboxSessionPageDto extends PageOf(SandboxSessionDto) {}

/** By the clock: a session is over at its time, whether or not anything has noted it yet. */
export function statusOf(
  { ended_at, end_reason, expires_at }: Pick<SandboxSessionRow, 'ended_at' | 'end_reason' | 'expires_at'>,
  now: Date,
): SessionStatus {
  if (end_reason === 'expired') return 'expired';
  if (ended_at !== null) return 'ended';
  return expires_at > now ? 'active' : 'expired';
}
