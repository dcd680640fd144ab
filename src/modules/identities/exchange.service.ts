import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { BrowserSessionDto, TokensDto } from '../auth/auth.dto.js';
import type { MfaRequiredDto } from '../auth/second-factor.dto.js';
import { SessionCookieService } from '../auth/session-cookie.service.js';
import { SignInService } from '../auth/sign-in.service.js';
import { UsersService } from '../users/users.service.js';
import { ExchangeCodes, type PresentedCode } from './exchange-codes.js';
import { IdentityErrors } from './identities.errors.js';

/** The last step of a sign-in elsewhere: the code of the redirect becomes a session. */
@Injectable()
export class ExchangeService {
  constructor(
    private readonly codes: ExchangeCodes,
    private readonly users: UsersService,
    private readonly signIn: SignInService,
    private readonly cookie: SessionCookieService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError 400 `exchange_code_refused`, 403 `account_inactive`. */
  async exchange(
    presented: PresentedCode,
    response: Response,
  ): Promise<TokensDto | BrowserSessionDto | MfaRequiredDto> {
    const signedIn = await this.unitOfWork.run(async () => {
      const { userId, session } = await this.codes.redeem(presented);
      const user = await this.users.find(userId);
      if (user === null) throw IdentityErrors.exchangeCodeRefused();
      if (!user.is_active) throw IdentityErrors.accountInactive();
      const evidence = { by: ['external'] } as const;
      return session === 'cookie'
        ? this.signIn.withCookie(user, evidence)
        : this.signIn.withTokens(user, evidence);
    });
    return this.cookie.deliver(response, signedIn);
  }
}
