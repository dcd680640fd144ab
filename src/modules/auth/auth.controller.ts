import { Body, Controller, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Access, CurrentActor, Public } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { ApiProblem } from '../../common/openapi/api-problem.decorator.js';
import { Returns, ReturnsOneOf } from '../../common/openapi/returns.decorator.js';
import { RateLimited } from '../../common/rate-limits/rate-limit.decorator.js';
import { AccountService } from './account.service.js';
import {
  BrowserSessionDto,
  ChangePasswordDto,
  LoginDto,
  LoginQuery,
  ProfileDto,
  RefreshDto,
  RegisterDto,
  TokensDto,
  UpdateProfileDto,
  VerifyDto,
} from './auth.dto.js';
import { AuthAnswers } from './auth-answers.js';
import { MfaRequiredDto } from './second-factor.dto.js';
import { PasswordChange } from './password-change.js';
import { RegistrationService } from './registration.service.js';
import { SignInService } from './sign-in.service.js';

/** Whom a sign-in attempt is for, before the body has been checked. */
function claimedAccount({ body }: Request): string {
  const { email, username } = (body ?? {}) as { email?: unknown; username?: unknown };
  const claimed = email ?? username;
  return typeof claimed === 'string' ? claimed.trim().toLowerCase().slice(0, 254) : '';
}

@ApiTags('Sign-in')
@ApiExtraModels(TokensDto, BrowserSessionDto, MfaRequiredDto)
@Controller('auth')
export class AuthController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly answers: AuthAnswers,
    private readonly signIn: SignInService,
    private readonly account: AccountService,
    private readonly passwordChange: PasswordChange,
  ) {}

  @Get('profile')
  @Access('profile:read')
  @ApiOperation({ summary: 'Read who one is' })
  @Returns(200, ProfileDto)
  profile(@CurrentActor() actor: Actor): ProfileDto | Promise<ProfileDto> {
    return this.account.profile(actor);
  }

  @Patch('profile')
  @Access('profile:write')
  @ApiOperation({ summary: 'Change what one may change of oneself' })
  @Returns(200, ProfileDto, [400, 413, 415])
  updateProfile(@CurrentActor() actor: Actor, @Body() changes: UpdateProfileDto): Promise<ProfileDto> {
    return this.account.updateProfile(actor, changes);
  }

  @Get('verify')
  @Access()
  @ApiOperation({ summary: 'Check a credential: whose it is, what it may do and until when' })
  @Returns(200, VerifyDto)
  verify(@CurrentActor() actor: Actor): VerifyDto {
    return this.account.verify(actor);
  }

  @Post('register')
  @Public()
  @RateLimited('register')
  @ApiOperation({ summary: 'Create an account and sign in' })
  @Returns(201, TokensDto, [400, 409, 413, 415, 503])
  @ApiProblem(403, 'This server does not let people register by themselves.')
  register(@Body() request: RegisterDto): Promise<TokensDto> {
    return this.registration.register(request);
  }

  @Post('login')
  @Public()
  @RateLimited('login', claimedAccount)
  @ApiOperation({ summary: 'Sign in with an e-mail or username and a password' })
  @ReturnsOneOf(200, [TokensDto, BrowserSessionDto, MfaRequiredDto], [400, 413, 415, 503])
  @ApiProblem(401, 'The name and the password do not belong together.')
  @ApiProblem(403, 'The account is deactivated.')
  login(
    @Body() request: LoginDto,
    @Query() { session }: LoginQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto | BrowserSessionDto | MfaRequiredDto> {
    return this.answers.login(request, session, response);
  }

  @Post('refresh')
  @Public()
  @ApiOperation({ summary: 'Exchange a refresh token for a new pair of tokens' })
  @Returns(200, TokensDto, [400, 413, 415])
  @ApiProblem(401, 'The refresh token is unknown, expired, revoked or was used before.')
  refresh(@Body() { refresh_token: refreshToken }: RefreshDto): Promise<TokensDto> {
    return this.signIn.refresh(refreshToken);
  }

  @Post('logout')
  @Access(null, 'session')
  @ApiOperation({ summary: 'End the current session; its access token is dead at once' })
  @Returns(204, null)
  logout(@CurrentActor() actor: Actor, @Res({ passthrough: true }) response: Response): Promise<void> {
    return this.answers.logout(actor, response);
  }

  @Post('logout/all')
  @Access(null, 'session')
  @ApiOperation({ summary: 'End every session one has' })
  @Returns(204, null)
  logoutEverywhere(
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    return this.answers.logoutEverywhere(actor, response);
  }

  @Post('password/change')
  @Access('profile:write', 'session', { fresh: true })
  @RateLimited('password')
  @ApiOperation({ summary: 'Change the password; every other session ends' })
  @Returns(204, null, [400, 413, 415, 503])
  changePassword(@CurrentActor() actor: Actor, @Body() request: ChangePasswordDto): Promise<void> {
    return this.passwordChange.change(actor, request);
  }
}
