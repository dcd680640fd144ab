import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import type { IdentityRow } from './identities.repository.js';

const LONGEST_URI = 2048;

class RedirectDto {
  @ApiPropertyOptional({
    maxLength: LONGEST_URI,
    example: 'https://app.example.com/signed-in',
    description: 'One of `OAUTH_REDIRECT_URIS`, or `PUBLIC_URL/console/signed-in`; the first unless given.',
  })
  @MayBeAbsent()
  @IsString()
  @MaxLength(LONGEST_URI)
  redirect_uri?: string;
}

export class LinkDto extends RedirectDto {
  @ApiProperty({ example: 'google', description: 'One that `GET /auth/providers` lists.' })
  @IsString()
  @Length(1, 64)
  provider!: string;
}

export class BeginQuery extends RedirectDto {
  @ApiPropertyOptional({
    enum: ['cookie'],
    description: 'The exchange sets the session cookie instead of returning tokens.',
  })
  @IsOptional()
  @IsIn(['cookie'])
  session?: 'cookie';

  @ApiPropertyOptional({
    pattern: '^[\\w-]{43}$',
    description: 'S256 challenge (RFC 7636): only who has its verifier can then exchange the code.',
  })
  @IsOptional()
  @Matches(/^[\w-]{43}$/, { message: 'must be the base64url of a SHA-256' })
  code_challenge?: string;
}

export class ExchangeDto {
  @ApiProperty({ description: 'As the redirect got it; works once, within 60 s.' })
  @IsString()
  @Length(1, 512)
  code!: string;

  @ApiPropertyOptional({ description: 'What `code_challenge` was made of.', minLength: 43, maxLength: 128 })
  @MayBeAbsent()
  @Matches(/^[\w.~-]{43,128}$/, { message: 'must be a code verifier of 43 to 128 characters' })
  code_verifier?: string;
}

export class ProviderDto {
  @ApiProperty({ example: 'google' })
  name!: string;

  @ApiProperty({ example: 'Google' })
  display_name!: string;

  @ApiProperty({
    example: 'https://api.example.com/api/v1/auth/google',
    description: 'Where to send the browser.',
  })
  authorize_url!: string;
}

export class ProvidersDto {
  @ApiProperty({ type: () => [ProviderDto] })
  items!: ProviderDto[];

  @ApiProperty({ type: 'string', nullable: true, description: 'Always null: every provider is listed.' })
  next_cursor!: string | null;
}

export class LinkStartedDto {
  @ApiProperty({
    description: 'Where to send the browser, within ten minutes; it must be the one that asked.',
  })
  authorize_url!: string;
}

export class IdentityDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'google' })
  provider!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'As the provider told it last.' })
  email!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time' })
  last_used_at!: string;

  static of({ id, provider, email, created_at, last_used_at }: IdentityRow): IdentityDto {
    return {
      id,
      provider,
      email,
      created_at: created_at.toISOString(),
      last_used_at: last_used_at.toISOString(),
    };
  }
}

export class IdentitiesDto {
  @ApiProperty({ type: () => [IdentityDto] })
  items!: IdentityDto[];

  @ApiProperty({ type: 'string', nullable: true, description: 'Always null: every identity is listed.' })
  next_cursor!: string | null;
}
