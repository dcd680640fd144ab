import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Access, CurrentActor, Public } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { ApiProblem } from '../../common/openapi/api-problem.decorator.js';
import { ReturnsOneOf } from '../../common/openapi/returns.decorator.js';
import { RateLimitedAccount } from '../../common/rate-limits/rate-limit.decorator.js';
import { BrowserSessionDto, TokensDto } from './auth.dto.js';
import { AuthAnswers } from './auth-answers.js';
import { LoginMfaDto, ReauthenticateDto } from './second-factor.dto.js';

@ApiTags('Sign-in')
@Controller('auth')
export class SecondFactorController {
  constructor(private readonly answers: AuthAnswers) {}

  @Post('login/mfa')
  @Public()
  @ApiOperation({ summary: 'Complete a sign-in with a second factor' })
  @ReturnsOneOf(200, [TokensDto, BrowserSessionDto], [400, 413, 415])
  @ApiProblem(401, 'The token is unknown, used, expired or was tried too often, or the code is wrong.')
  loginMfa(
    @Body() request: LoginMfaDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto | BrowserSessionDto> {
    return this.answers.loginMfa(request, response);
  }

  @Post('reauthenticate')
  @Access(null, 'session')
  @RateLimitedAccount('mfa')
  @ApiOperation({
    summary: 'Prove again who one is, for what asks for a fresh proof',
    description:
      'Opens a new session of the same kind, answered as at sign-in, and ends the one it was called with.',
  })
  @ReturnsOneOf(200, [TokensDto, BrowserSessionDto], [400, 413, 415, 503])
  reauthenticate(
    @CurrentActor() actor: Actor,
    @Body() request: ReauthenticateDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto | BrowserSessionDto> {
    return this.answers.reauthenticate(actor, request, response);
  }
}
