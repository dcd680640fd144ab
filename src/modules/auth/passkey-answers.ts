import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { Actor } from '../../common/access/actor.js';
import { PasskeyLoginService } from '../mfa/passkey-login.service.js';
import type { WebAuthnOptionsDto } from '../mfa/passkeys.dto.js';
import { UsersService } from '../users/users.service.js';
import type { BrowserSessionDto, TokensDto } from './auth.dto.js';
import type { LoginPasskeyDto, PasskeyOptionsDto } from './passkey-sign-in.dto.js';
import { PasskeySignInService } from './passkey-sign-in.service.js';
import { SessionCookieService } from './session-cookie.service.js';

/** Sign-in by passkey where an answer has cookies besides its body. */
@Injectable()
export class PasskeyAnswers {
  constructor(
    private readonly signIn: PasskeySignInService,
    private readonly passkeys: PasskeyLoginService,
    private readonly users: UsersService,
    private readonly cookie: SessionCookieService,
  ) {}

  async options({ mfa_token: token }: PasskeyOptionsDto): Promise<WebAuthnOptionsDto> {
    return { options: await this.signIn.options(token) };
  }

  async optionsFor({ userId }: Actor): Promise<WebAuthnOptionsDto> {
    return { options: await this.passkeys.options(await this.users.mustFind(userId)) };
  }

  async login(
    { mfa_token: token, response: answer }: LoginPasskeyDto,
    session: 'cookie' | undefined,
    response: Response,
  ): Promise<TokensDto | BrowserSessionDto> {
    const signedIn = await (token === undefined
      ? this.signIn.completeAlone(session === undefined ? 'token' : 'browser', answer)
      : this.signIn.completeBegun(token, answer, response));
    return this.cookie.deliver(response, signedIn);
  }
}
