import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import { PageOf } from '../../common/pagination/pagination.js';
import { AcceptablePassword } from '../../common/passwords/acceptable-password.decorator.js';
import { DEFAULT_ROLE, PersonEmail, PersonFullName, PersonUsername } from '../users/person.dto.js';
import type { InvitationRow } from './invitations.repository.js';

export class CreateInvitationDto {
  @PersonEmail()
  email!: string;

  @ApiPropertyOptional({
    example: 'operator',
    default: 'user',
    description: 'Holding at most what the caller does.',
  })
  @MayBeAbsent()
  @IsString()
  @Length(1, 64)
  role: string = DEFAULT_ROLE;
}

export class AcceptInvitationDto {
  @ApiProperty({ description: 'As in the link that was mailed; works once.' })
  @IsString()
  @Length(1, 512)
  token!: string;

  @PersonUsername()
  username!: string;

  @ApiProperty({ example: 'violet kettle orbit 47 maple', minLength: 12, maxLength: 128, format: 'password' })
  @AcceptablePassword(({ username, full_name }) => [username, full_name])
  password!: string;

  @PersonFullName()
  full_name?: string | null;
}

export class InvitationDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'email' })
  email!: string;

  @ApiProperty({ example: 'user' })
  role!: string;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true })
  invited_by!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;

  static of({ id, email, role, invited_by, created_at, expires_at }: InvitationRow): InvitationDto {
    return {
      id,
      email,
      role,
      invited_by,
      created_at: created_at.toISOString(),
      expires_at: expires_at.toISOString(),
    };
  }
}

export class InvitationPageDto extends PageOf(InvitationDto) {}
