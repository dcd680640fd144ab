import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import { AcceptablePassword } from '../../common/passwords/acceptable-password.decorator.js';
import { DEFAULT_ROLE, PersonEmail, PersonFullName, PersonUsername } from './person.dto.js';

export class CreateUserDto {
  @PersonEmail()
  email!: string;

  @PersonUsername()
  username!: string;

  @PersonFullName()
  full_name?: string | null;

  @ApiPropertyOptional({
    example: 'operator',
    default: 'user',
    description: 'Holding at most what the caller does.',
  })
  @MayBeAbsent()
  @IsString()
  @Length(1, 64)
  role: string = DEFAULT_ROLE;

  @ApiPropertyOptional({
    minLength: 12,
    maxLength: 128,
    format: 'password',
    description: 'Without one the person is sent a link to choose it.',
  })
  @MayBeAbsent()
  @AcceptablePassword(({ email, username, full_name }) => [email, username, full_name])
  password?: string;
}
