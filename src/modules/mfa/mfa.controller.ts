import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { RateLimitedAccount } from '../../common/rate-limits/rate-limit.decorator.js';
import { ConfirmTotpDto, MfaDto, RecoveryCodesDto, RemoveTotpDto, TotpSetupDto } from './mfa.dto.js';
import { MfaSetupService } from './mfa-setup.service.js';
import { TotpService } from './totp.service.js';

@ApiTags('Second factors')
@Controller('auth/mfa')
export class MfaController {
  constructor(
    private readonly setup: MfaSetupService,
    private readonly totp: TotpService,
  ) {}

  @Get()
  @Access('profile:read', 'session')
  @ApiOperation({ summary: 'Read which second factors one has' })
  @Returns(200, MfaDto)
  read(@CurrentActor() actor: Actor): Promise<MfaDto> {
    return this.setup.read(actor);
  }

  @Post('totp')
  @Access('profile:write', 'session', { fresh: true })
  @RateLimitedAccount('mfa')
  @ApiOperation({ summary: 'Begin to set up an authenticator app; it counts once confirmed' })
  @Returns(200, TotpSetupDto, [409])
  setUpTotp(@CurrentActor() actor: Actor): Promise<TotpSetupDto> {
    return this.totp.setUp(actor);
  }

  @Post('totp/confirm')
  @Access('profile:write', 'session', { fresh: true })
  @RateLimitedAccount('mfa')
  @ApiOperation({ summary: 'Confirm the authenticator app by a code; answers with recovery codes' })
  @Returns(200, RecoveryCodesDto, [400, 409, 413, 415])
  confirmTotp(@CurrentActor() actor: Actor, @Body() { code }: ConfirmTotpDto): Promise<RecoveryCodesDto> {
    return this.setup.confirmTotp(actor, code);
  }

  @Delete('totp')
  @Access('profile:write', 'session', { fresh: true })
  @RateLimitedAccount('mfa')
  @ApiOperation({ summary: 'Remove the authenticator app, with a code of it or for recovery' })
  @Returns(204, null, [400, 409, 413, 415])
  removeTotp(@CurrentActor() actor: Actor, @Body() { code }: RemoveTotpDto): Promise<void> {
    return this.setup.removeTotp(actor, code);
  }

  @Post('recovery-codes')
  @Access('profile:write', 'session', { fresh: true })
  @RateLimitedAccount('mfa')
  @ApiOperation({ summary: 'Make new recovery codes; the old ones are void' })
  @Returns(200, RecoveryCodesDto, [409])
  makeRecoveryCodes(@CurrentActor() actor: Actor): Promise<RecoveryCodesDto> {
    return this.setup.makeRecoveryCodes(actor);
  }
}
