import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import { WEBAUTHN_RESPONSE, WebAuthnResponse } from '../mfa/passkeys.dto.js';

const MFA_TOKEN = 'As `/auth/login` gave it; left out, the passkey alone signs in.';

export class PasskeyOptionsDto {
  @ApiPropertyOptional({ description: MFA_TOKEN })
  @MayBeAbsent()
  @IsString()
  @Length(1, 512)
  mfa_token?: string;
}

export class LoginPasskeyDto extends PasskeyOptionsDto {
  @ApiProperty(WEBAUTHN_RESPONSE)
  @WebAuthnResponse()
  response!: object;
}
