import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { IsMailAddress, Trimmed } from '../../common/http/field.decorators.js';
import { LONGEST_ADDRESS } from '../../common/http/mail-address.js';

/** What somebody gets where nothing else is said. */
export const DEFAULT_ROLE = 'user';

/** The address somebody is reached under and may sign in with; kept in small letters. */
export function PersonEmail(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ format: 'email', example: 'ada@example.com', maxLength: LONGEST_ADDRESS }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.trim().toLowerCase() : value,
    ),
    IsMailAddress(),
  );
}

/** The name somebody may sign in with: without an `@`, so that no name is another's address. */
export function PersonUsername(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ example: 'ada', minLength: 3, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
    Trimmed(),
    IsString(),
    Length(3, 64),
    Matches(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
      message: 'may hold letters, digits, dots, dashes and underscores, and begins with a letter or digit',
    }),
  );
}

/** What somebody is called, if they say so. */
export function PersonFullName(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'string', nullable: true, example: 'Ada Lovelace', maxLength: 200 }),
    IsOptional(),
    Trimmed(),
    IsString(),
    Length(1, 200),
  );
}
