import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsEmail,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeAbsent, Trimmed } from '../../common/http/field.decorators.js';
import type { OrganizationRow } from './organizations.repository.js';

/** How long an invitation holds where the organisation has set nothing else. */
export const DEFAULT_INVITATION_DAYS = 7;

export class OrganizationSettingsDto {
  @ApiProperty({ type: 'string', nullable: true, format: 'email', description: 'Whom members may ask.' })
  contact_email!: string | null;

  @ApiProperty({ type: 'integer', description: 'How long an invitation holds.' })
  invitation_days!: number;
}

export class UpdateOrganizationSettingsDto {
  @ApiPropertyOptional({ type: 'string', nullable: true, format: 'email', maxLength: 254 })
  @IsOptional()
  @Trimmed()
  @IsEmail({}, { message: 'must be an e-mail address' })
  contact_email?: string | null;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 30, default: DEFAULT_INVITATION_DAYS })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(30)
  invitation_days?: number;
}

export class UpdateOrganizationDto {
  @ApiPropertyOptional({ example: 'Analytical Engines', maxLength: 200 })
  @MayBeAbsent()
  @Trimmed()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({ type: () => UpdateOrganizationSettingsDto, description: 'Those given are changed.' })
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateOrganizationSettingsDto)
  settings?: UpdateOrganizationSettingsDto;
}

export class TransferOrganizationDto {
  @ApiProperty({ format: 'uuid', description: 'An active user of the organisation.' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID()
  user_id!: string;
}

export class OrganizationDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Analytical Engines' })
  name!: string;

  @ApiProperty({ type: () => OrganizationSettingsDto })
  settings!: OrganizationSettingsDto;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true })
  owner_id!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'When it will be gone with everything in it, unless it is restored.',
  })
  deletion_at!: string | null;

  static of({ id, name, settings, owner_id, created_at, deletion_at }: OrganizationRow): OrganizationDto {
    return {
      id,
      name,
      settings: {
        contact_email: settings.contact_email ?? null,
        invitation_days: settings.invitation_days ?? DEFAULT_INVITATION_DAYS,
      },
      owner_id,
      created_at: created_at.toISOString(),
      deletion_at: deletion_at?.toISOString() ?? null,
    };
  }
}
