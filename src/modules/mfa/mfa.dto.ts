import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import type { SecondFactor } from './mfa.events.js';

export const SECOND_FACTORS: readonly SecondFactor[] = ['totp', 'passkey', 'recovery_code'];

export class TotpSetupDto {
  @ApiProperty({ example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', description: 'Base32, to be typed in.' })
  secret!: string;

  @ApiProperty({ example: 'otpauth://totp/Cloudkeep:ada%40example.com?secret=JBSWY3DP&issuer=Cloudkeep' })
  otpauth_url!: string;

  @ApiProperty({ description: 'The same as a QR code, to be scanned; an SVG image.' })
  qr_svg!: string;
}

export class ConfirmTotpDto {
  @ApiProperty({ example: '492039', description: 'What the app shows now.' })
  @IsString()
  @Length(6, 32)
  code!: string;
}

export class RemoveTotpDto {
  @ApiProperty({ example: '492039', description: 'What the app shows now, or a recovery code.' })
  @IsString()
  @Length(6, 64)
  code!: string;
}

export class RecoveryCodesDto {
  @ApiProperty({
    type: [String],
    minItems: 10,
    maxItems: 10,
    description: 'Each signs in once in the place of a second factor. Shown this once.',
  })
  recovery_codes!: string[];
}

export class MfaDto {
  @ApiProperty({
    isArray: true,
    enum: SECOND_FACTORS,
    description: 'How the second step of a sign-in can be passed; empty where there is none.',
  })
  methods!: SecondFactor[];

  @ApiProperty({ type: 'integer', minimum: 0 })
  recovery_codes_left!: number;
}
