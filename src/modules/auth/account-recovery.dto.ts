import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsEmail, IsString, Length, MaxLength } from 'class-validator';
import { LONGEST_PASSWORD } from './auth.dto.js';

/** As links carry them: 43 characters; whatever else is sent is worth no more reading than this. */
const LONGEST_TOKEN = 512;

/** Names an account by its address. */
export class AddressDto {
  @ApiProperty({ format: 'email', example: 'ada@example.com', maxLength: 254 })
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.trim().toLowerCase() : value,
  )
  // The first admin may live at localhost.
  @IsEmail({ require_tld: false }, { message: 'must be an e-mail address' })
  @MaxLength(254)
  email!: string;
}

/** The same for everybody: it tells nothing of the account. */
export class AcceptedDto {
  @ApiProperty({ example: 'If there is such an account, a mail is on its way.' })
  message!: string;

  static always(): AcceptedDto {
    return { message: 'If there is such an account, a mail is on its way.' };
  }
}

export class VerifyEmailDto {
  @ApiProperty({ description: 'From the link in the mail; works once, for 24 hours.' })
  @IsString()
  @Length(1, LONGEST_TOKEN)
  token!: string;
}

export class ResetPasswordDto {
  @ApiProperty({ description: 'From the link in the mail; works once, for 24 hours.' })
  @IsString()
  @Length(1, LONGEST_TOKEN)
  token!: string;

  @ApiProperty({
    format: 'password',
    minLength: 12,
    maxLength: 128,
    description: 'A password that is refused does not use the token up.',
  })
  @IsString()
  @Length(1, LONGEST_PASSWORD)
  password!: string;
}
