import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { Actor } from '../../common/access/actor.js';
import type { BrowserSessionDto, LoginDto, TokensDto } from './auth.dto.js';
import { LoginService } from './login.service.js';
import { ReauthenticationService } from './reauthentication.service.js';
import type { LoginMfaDto, MfaRequiredDto, ReauthenticateDto } from './second-factor.dto.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionCookieService } from './session-cookie.service.js';
import { SessionsService } from './sessions.service.js';

/** Sign-in and sign-out where an answer has cookies besides its body. */
@Injectable()
export class AuthAnswers {
  constructor(
    private readonly logins: LoginService,
    private readonly secondFactors: SecondFactorService,
    private readonly reauthentication: ReauthenticationService,
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookieService,
  ) {}

  async login(
    request: LoginDto,
    session: 'cookie' | undefined,
    response: Response,
  ): Promise<TokensDto | BrowserSessionDto | MfaRequiredDto> {
    if (session === undefined) return this.logins.login(request);
    return this.cookie.deliver(response, await this.logins.loginBrowser(request));
  }

  async loginMfa(request: LoginMfaDto, response: Response): Promise<TokensDto | BrowserSessionDto> {
    return this.cookie.deliver(response, await this.secondFactors.complete(request, response));
  }

  async reauthenticate(
    actor: Actor,
    request: ReauthenticateDto,
    response: Response,
  ): Promise<TokensDto | BrowserSessionDto> {
    return this.cookie.deliver(response, await this.reauthentication.reauthenticate(actor, request));
  }

  async logout(actor: Actor, response: Response): Promise<void> {
    await this.sessions.logout(actor);
    this.cookie.clear(response);
  }

  async logoutEverywhere(actor: Actor, response: Response): Promise<void> {
    await this.sessions.logoutEverywhere(actor);
    this.cookie.clear(response);
  }
}
