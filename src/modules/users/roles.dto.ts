import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';
import { BUILT_IN_ROLES, SCOPES, type BuiltInRole, type Scope } from '../../common/access/scopes.js';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import { LONGEST_ROLE_NAME, ROLE_NAME } from './role-name.js';
import type { CustomRole } from './roles.repository.js';

export class CreateRoleDto {
  @ApiProperty({
    example: 'release-manager',
    minLength: 1,
    maxLength: LONGEST_ROLE_NAME,
    pattern: ROLE_NAME.source,
  })
  @IsString()
  @Length(1, LONGEST_ROLE_NAME)
  @Matches(ROLE_NAME, {
    message:
      'may hold small letters, digits and single dashes or underscores between them, and begins with a letter',
  })
  name!: string;

  @ApiPropertyOptional({ type: 'string', nullable: true, maxLength: 500 })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  description?: string | null;

  @ApiProperty({ isArray: true, enum: SCOPES, description: 'At most what the caller holds.' })
  @IsArray()
  @ArrayMaxSize(SCOPES.length)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true, message: 'must be scopes' })
  scopes!: Scope[];
}

export class UpdateRoleDto {
  @ApiPropertyOptional({ type: 'string', nullable: true, maxLength: 500 })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  description?: string | null;

  @ApiPropertyOptional({ isArray: true, enum: SCOPES, description: 'Holds at once, on every replica.' })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(SCOPES.length)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true, message: 'must be scopes' })
  scopes?: Scope[];
}

export class RoleDto {
  @ApiProperty({ example: 'operator' })
  name!: string;

  @ApiProperty({ type: 'string', nullable: true })
  description!: string | null;

  @ApiProperty({ isArray: true, enum: SCOPES })
  scopes!: Scope[];

  @ApiProperty({ description: 'Built-in roles are the same everywhere and can not be changed.' })
  is_built_in!: boolean;

  static of({ name, description, scopes }: CustomRole): RoleDto {
    return { name, description, scopes: [...scopes], is_built_in: false };
  }

  static ofBuiltIn(name: BuiltInRole): RoleDto {
    return { name, description: null, scopes: [...BUILT_IN_ROLES[name]], is_built_in: true };
  }
}

export class RolesDto {
  @ApiProperty({ type: () => [RoleDto] })
  items!: RoleDto[];

  @ApiProperty({ type: 'string', nullable: true, description: 'Always null: every role is listed.' })
  next_cursor!: string | null;
}
