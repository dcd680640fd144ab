import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import { SECOND_FACTORS } from '../mfa/mfa.dto.js';
import { WEBAUTHN_RESPONSE, WebAuthnResponse } from '../mfa/passkeys.dto.js';
import type { SecondFactor } from '../mfa/mfa.service.js';
import { LONGEST_PASSWORD } from './auth.dto.js';

export class MfaRequiredDto {
  @ApiProperty({ enum: [true] })
  mfa_required!: true;

  @ApiProperty({ description: 'Send it to `/auth/login/mfa` with a code, or to `/auth/login/passkey`.' })
  mfa_token!: string;

  @ApiProperty({ type: 'integer', example: 300, description: 'Seconds until the token expires.' })
  expires_in!: number;

  @ApiProperty({ isArray: true, enum: SECOND_FACTORS })
  methods!: SecondFactor[];
}

export class LoginMfaDto {
  @ApiProperty({ description: 'As `/auth/login` gave it; dead after five wrong codes.' })
  @IsString()
  @Length(1, 512)
  mfa_token!: string;

  @ApiProperty({ example: '492039', description: 'What the authenticator app shows, or a recovery code.' })
  @IsString()
  @Length(1, 64)
  code!: string;
}

export class ReauthenticateDto {
  @ApiPropertyOptional({ format: 'password', description: 'Where the account has no second factor.' })
  @MayBeAbsent()
  @IsString()
  @Length(1, LONGEST_PASSWORD)
  password?: string;

  @ApiPropertyOptional({
    example: '492039',
    description: 'What the authenticator app shows, or a recovery code, where the account has one.',
  })
  @MayBeAbsent()
  @IsString()
  @Length(1, 64)
  code?: string;

  @ApiPropertyOptional({
    ...WEBAUTHN_RESPONSE,
    description: 'In the place of a code: the answer to `/auth/reauthenticate/passkey/options`.',
  })
  @MayBeAbsent()
  @WebAuthnResponse()
  passkey?: object;
}
