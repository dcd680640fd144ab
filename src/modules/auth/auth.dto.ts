import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, ValidateIf } from 'class-validator';
import { CREDENTIAL_KINDS, type CredentialKind } from '../../common/access/actor.js';
import { SCOPES, type Scope } from '../../common/access/scopes.js';
import { MayBeAbsent, Trimmed } from '../../common/http/field.decorators.js';
import { PersonEmail, PersonFullName, PersonUsername } from '../users/person.dto.js';
import { UserDto } from '../users/users.dto.js';
import type { UserRow } from '../users/users.service.js';
import { AcceptablePassword } from '../../common/passwords/acceptable-password.decorator.js';
import type { SessionKind } from './session.entity.js';
import type { SessionRow } from './sessions.repository.js';

/** More than any password may have; a longer one is not worth a hash. */
export const LONGEST_PASSWORD = 1024;

export class RegisterDto {
  @PersonEmail()
  email!: string;

  @PersonUsername()
  username!: string;

  @ApiProperty({ example: 'violet kettle orbit 47 maple', minLength: 12, maxLength: 128, format: 'password' })
  @AcceptablePassword(({ email, username, full_name }) => [email, username, full_name])
  password!: string;

  @PersonFullName()
  full_name?: string | null;
}

export class LoginDto {
  @ApiPropertyOptional({ example: 'ada@example.com', description: 'Either this or `username`.' })
  @ValidateIf(({ email, username }: LoginDto) => email !== undefined || username === undefined)
  @Trimmed()
  @IsString({ message: 'must be the e-mail address or, in its own field, the username' })
  @Length(1, 254)
  email?: string;

  @ApiPropertyOptional({ example: 'ada' })
  @MayBeAbsent()
  @Trimmed()
  @IsString()
  @Length(1, 254)
  username?: string;

  @ApiProperty({ example: 'violet kettle orbit 47 maple', format: 'password' })
  @IsString()
  @Length(1, LONGEST_PASSWORD)
  password!: string;
}

export class LoginQuery {
  @ApiPropertyOptional({
    enum: ['cookie'],
    description: 'Sets the session cookie instead of returning tokens.',
  })
  @IsOptional()
  @IsIn(['cookie'])
  session?: 'cookie';
}

export class RefreshDto {
  @ApiProperty({ description: 'As given at sign-in or by the last refresh; works once.' })
  @IsString()
  @Length(1, 512)
  refresh_token!: string;
}

export class ChangePasswordDto {
  @ApiProperty({ format: 'password' })
  @IsString()
  @Length(1, LONGEST_PASSWORD)
  current_password!: string;

  @ApiProperty({ format: 'password', minLength: 12, maxLength: 128 })
  @IsString()
  @Length(1, LONGEST_PASSWORD)
  new_password!: string;
}

export class UpdateProfileDto {
  @PersonFullName()
  full_name?: string | null;
}

export class ProfileDto extends UserDto {
  @ApiProperty({ type: 'integer', example: 1 })
  active_sessions_count!: number;

  static ofUser(user: UserRow, activeSessions: number): ProfileDto {
    return Object.assign(new ProfileDto(), UserDto.of(user), { active_sessions_count: activeSessions });
  }
}

export class TokensDto {
  @ApiProperty({ description: 'A JWT; send it as `Authorization: Bearer`.' })
  access_token!: string;

  @ApiProperty({ enum: ['bearer'] })
  token_type!: 'bearer';

  @ApiProperty({ type: 'integer', example: 1800, description: 'Seconds until the access token expires.' })
  expires_in!: number;

  @ApiProperty({ description: 'Exchange it at `/auth/refresh`, once.' })
  refresh_token!: string;

  @ApiProperty({ type: () => ProfileDto })
  user!: ProfileDto;
}

export class BrowserSessionDto {
  @ApiProperty({ type: 'integer', example: 86400, description: 'Seconds until the session expires.' })
  expires_in!: number;

  @ApiProperty({ description: 'Repeat it in `X-CSRF-Token` on every call that changes something.' })
  csrf_token!: string;

  @ApiProperty({ type: () => ProfileDto })
  user!: ProfileDto;
}

export class VerifyDto {
  @ApiProperty({ enum: [true] })
  valid!: true;

  @ApiProperty({ format: 'uuid' })
  user_id!: string;

  @ApiProperty({ enum: CREDENTIAL_KINDS })
  credential!: CredentialKind;

  @ApiProperty({ isArray: true, enum: SCOPES })
  scopes!: Scope[];

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Null for a credential that lasts until it is revoked.',
  })
  expires_at!: string | null;
}

export class SessionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['token', 'browser'] })
  kind!: SessionKind;

  @ApiProperty({ type: 'string', nullable: true, description: 'User agent at sign-in.' })
  device!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  last_seen_at!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;

  @ApiProperty({ description: 'Whether this very call came with it.' })
  is_current!: boolean;

  @ApiProperty({
    enum: ['active', 'compromised'],
    description: '`compromised`: ended because a used refresh token was replayed; shown for seven days.',
  })
  status!: 'active' | 'compromised';

  static of(session: SessionRow, currentId: string): SessionDto {
    return {
      id: session.id,
      kind: session.kind,
      device: session.user_agent,
      ip: session.ip,
      created_at: session.created_at.toISOString(),
      last_seen_at: session.last_seen_at.toISOString(),
      expires_at: session.expires_at.toISOString(),
      is_current: session.id === currentId,
      status: session.ended_at === null ? 'active' : 'compromised',
    };
  }
}

export class SessionsDto {
  @ApiProperty({ type: () => [SessionDto] })
  items!: SessionDto[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Always null: all are listed, of more than 500 the newest.',
  })
  next_cursor!: string | null;
}
