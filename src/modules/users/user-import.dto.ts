import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';
import { FieldErrorDto } from '../../common/errors/problem.dto.js';
import { Flag, MayBeAbsent } from '../../common/http/field.decorators.js';
import { DEFAULT_ROLE, PersonEmail, PersonFullName, PersonUsername } from './person.dto.js';

/** One line. */
export class ImportedUserDto {
  @PersonEmail()
  email!: string;

  @PersonUsername()
  username!: string;

  @PersonFullName()
  full_name?: string | null;

  @ApiPropertyOptional({ default: 'user', description: 'Holding at most what the caller does.' })
  @MayBeAbsent()
  @IsString()
  @Length(1, 64)
  role: string = DEFAULT_ROLE;

  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    description: 'argon2, bcrypt or Werkzeug pbkdf2:sha256; without one the account has no password.',
  })
  @IsOptional()
  @IsString()
  @Length(1, 1024)
  password_hash?: string | null;

  @ApiPropertyOptional({ type: 'boolean', default: true })
  @MayBeAbsent()
  @IsBoolean()
  is_active = true;

  @ApiPropertyOptional({
    type: 'boolean',
    default: false,
    description: 'True only in the organisation of the operator.',
  })
  @MayBeAbsent()
  @IsBoolean()
  email_verified = false;
}

export class ImportUsersQuery {
  @ApiPropertyOptional({ type: 'boolean', default: false, description: 'All lines or none.' })
  @IsOptional()
  @Flag()
  @IsBoolean()
  atomic = false;

  @ApiPropertyOptional({
    type: 'boolean',
    default: false,
    description: 'Checks everything, changes nothing.',
  })
  @IsOptional()
  @Flag()
  @IsBoolean()
  dry_run = false;
}

export class ImportLineDto {
  @ApiProperty({ type: 'integer', example: 17, description: 'Counted from 1, empty lines too.' })
  line!: number;

  @ApiProperty({ type: 'string', nullable: true })
  email!: string | null;

  @ApiProperty({ enum: ['skipped', 'failed'], description: '`skipped`: the e-mail has an account already.' })
  status!: 'skipped' | 'failed';

  @ApiProperty({ type: () => [FieldErrorDto] })
  errors!: FieldErrorDto[];
}

export class ImportReportDto {
  @ApiProperty({
    description: 'False for a dry run, and for an atomic import with a line that was not created.',
  })
  applied!: boolean;

  @ApiProperty({ type: 'integer' })
  total!: number;

  @ApiProperty({ type: 'integer', description: 'Where not applied: how many would have been.' })
  created!: number;

  @ApiProperty({ type: 'integer' })
  skipped!: number;

  @ApiProperty({ type: 'integer' })
  failed!: number;

  @ApiProperty({ type: () => [ImportLineDto], description: 'The first 1000 that were not created.' })
  lines!: ImportLineDto[];

  @ApiProperty({ type: 'integer', description: 'How many more there were.' })
  lines_omitted!: number;
}
