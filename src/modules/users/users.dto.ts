import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { Flag, MayBeAbsent } from '../../common/http/field.decorators.js';
import { PageOf, PageQuery } from '../../common/pagination/pagination.js';
import { SCOPES, type Scope } from '../../common/access/scopes.js';
import { PersonFullName } from './person.dto.js';
import type { UserRow } from './users.repository.js';

export class UserDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'email', example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ example: 'ada' })
  username!: string;

  @ApiProperty({ type: 'string', nullable: true, example: 'Ada Lovelace' })
  full_name!: string | null;

  @ApiProperty({ example: 'user' })
  role!: string;

  @ApiProperty({ isArray: true, enum: SCOPES, description: 'What the role allows now.' })
  scopes!: Scope[];

  @ApiProperty()
  is_active!: boolean;

  @ApiProperty()
  email_verified!: boolean;

  @ApiProperty()
  mfa_enabled!: boolean;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  last_login!: string | null;

  @ApiProperty({ format: 'uuid' })
  organization_id!: string;

  static of(user: UserRow): UserDto {
    return {
      id: user.id,
      email: user.email,
      username: user.username,
      full_name: user.full_name,
      role: user.role,
      scopes: [...user.scopes],
      is_active: user.is_active,
      email_verified: user.email_verified,
      mfa_enabled: user.mfa_enabled,
      created_at: user.created_at.toISOString(),
      last_login: user.last_login_at?.toISOString() ?? null,
      organization_id: user.organization_id,
    };
  }
}

export class UserPageDto extends PageOf(UserDto) {}

export class ListUsersQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Part of the e-mail, username or full name.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  q?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(64)
  role?: string;

  @ApiPropertyOptional({ type: 'boolean' })
  @IsOptional()
  @Flag()
  @IsBoolean()
  is_active?: boolean;
}

export class UpdateUserDto {
  @PersonFullName()
  full_name?: string | null;

  @ApiPropertyOptional({ example: 'operator' })
  @MayBeAbsent()
  @IsString()
  @Length(1, 64)
  role?: string;

  @ApiPropertyOptional({ description: 'False ends every session and credential of the user at once.' })
  @MayBeAbsent()
  @IsBoolean()
  is_active?: boolean;
}
