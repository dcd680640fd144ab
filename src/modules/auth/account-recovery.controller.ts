import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access/access.decorator.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { RateLimited } from '../../common/rate-limits/rate-limit.decorator.js';
import { AcceptedDto, AddressDto, ResetPasswordDto, VerifyEmailDto } from './account-recovery.dto.js';
import { AccountRecoveryService } from './account-recovery.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { PasswordReset } from './password-reset.js';

@ApiTags('Account recovery')
@Public()
@Controller('auth')
export class AccountRecoveryController {
  constructor(
    private readonly recovery: AccountRecoveryService,
    private readonly passwordReset: PasswordReset,
    private readonly verification: EmailVerificationService,
  ) {}

  @Post('email/verify')
  @ApiOperation({ summary: 'Confirm an address with the token of the mail sent there' })
  @Returns(204, null, [400, 413, 415])
  verifyEmail(@Body() { token }: VerifyEmailDto): Promise<void> {
    return this.verification.verify(token);
  }

  @Post('email/resend')
  @RateLimited('password', () => 'email/resend')
  @ApiOperation({
    summary: 'Ask for another mail that confirms an address',
    description: 'Answers alike whether or not there is such an account and whether a mail follows.',
  })
  @Returns(202, AcceptedDto, [400, 413, 415, 503])
  resend(@Body() { email }: AddressDto): AcceptedDto {
    return this.verification.resend(email);
  }

  @Post('password/forgot')
  @RateLimited('password', () => 'password/forgot')
  @ApiOperation({
    summary: 'Ask for a mail with which to choose a new password',
    description: 'Answers alike whether or not there is such an account and whether a mail follows.',
  })
  @Returns(202, AcceptedDto, [400, 413, 415, 503])
  forgot(@Body() { email }: AddressDto): AcceptedDto {
    return this.recovery.forgot(email);
  }

  @Post('password/reset')
  @RateLimited('password', () => 'password/reset')
  @ApiOperation({
    summary: 'Choose a new password with the token of the mail; every session ends',
    description: 'Signs nobody in: whoever has a second factor is asked for it as always.',
  })
  @Returns(204, null, [400, 413, 415, 503])
  reset(@Body() { token, password }: ResetPasswordDto): Promise<void> {
    return this.passwordReset.redeem(token, password);
  }
}
