import { Body, Controller, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Access, CurrentActor, Public } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { ApiProblem } from '../../common/openapi/api-problem.decorator.js';
import { Returns, ReturnsOneOf } from '../../common/openapi/returns.decorator.js';
import { WebAuthnOptionsDto } from '../mfa/passkeys.dto.js';
import { BrowserSessionDto, LoginQuery, TokensDto } from './auth.dto.js';
import { LoginPasskeyDto, PasskeyOptionsDto } from './passkey-sign-in.dto.js';
import { PasskeyAnswers } from './passkey-answers.js';

@ApiTags('Sign-in')
@Controller('auth')
export class PasskeySignInController {
  constructor(private readonly answers: PasskeyAnswers) {}

  @Post('login/passkey/options')
  @Public()
  @ApiOperation({ summary: 'Ask for what the browser needs to sign in by passkey' })
  @Returns(200, WebAuthnOptionsDto, [400, 413, 415])
  @ApiProblem(401, 'The token is unknown, used, expired or was tried too often.')
  options(@Body() request: PasskeyOptionsDto): Promise<WebAuthnOptionsDto> {
    return this.answers.options(request);
  }

  @Post('login/passkey')
  @Public()
  @ApiOperation({ summary: 'Sign in by passkey, or complete a sign-in with one' })
  @ReturnsOneOf(200, [TokensDto, BrowserSessionDto], [400, 413, 415])
  @ApiProblem(401, 'The token or the passkey is refused.')
  @ApiProblem(403, 'The account is deactivated.')
  login(
    @Body() request: LoginPasskeyDto,
    @Query() { session }: LoginQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto | BrowserSessionDto> {
    return this.answers.login(request, session, response);
  }

  @Post('reauthenticate/passkey/options')
  @Access(null, 'session')
  @ApiOperation({ summary: 'Ask for what the browser needs to prove again who one is by passkey' })
  @Returns(200, WebAuthnOptionsDto)
  reauthenticationOptions(@CurrentActor() actor: Actor): Promise<WebAuthnOptionsDto> {
    return this.answers.optionsFor(actor);
  }
}
