import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { RateLimiter } from '../../common/rate-limits/rate-limiter.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { MfaService } from '../mfa/mfa.service.js';
import { refOf } from '../users/users.service.js';
import { AuthErrors } from './auth.errors.js';
import { LoginReports } from './login-reports.js';
import type { LoginMfaDto } from './second-factor.dto.js';
import { SignInGate } from './sign-in-gate.js';
import { SignInService, type SignedIn } from './sign-in.service.js';

/** The second step of a sign-in. */
@Injectable()
export class SecondFactorService {
  constructor(
    private readonly gate: SignInGate,
    private readonly mfa: MfaService,
    private readonly signIn: SignInService,
    private readonly unitOfWork: UnitOfWork,
    private readonly limiter: RateLimiter,
    private readonly reports: LoginReports,
  ) {}

  /**
   * Completes a sign-in by a code. Wrong ones count against the token, against the
   * account's limit and against its authenticator app, each before it is known.
   *
   * @throws AppError 401 `invalid_mfa_token` or `invalid_code`, 429.
   */
  async complete({ mfa_token: token, code }: LoginMfaDto, response: Response): Promise<SignedIn> {
    const { user } = await this.gate.look(token);
    await this.limiter.consume('mfa', user.id, response);
    const { kind, evidence } = await this.gate.attempt(token);
    const factor = await this.mfa.useCode(refOf(user), code);
    if (factor === null) {
      this.reports.mfaFailed(user, 'invalid_code');
      throw AuthErrors.invalidCode();
    }
    return this.unitOfWork.run(async () => {
      await this.gate.redeem(token);
      return this.signIn.withSession(kind, user, { ...evidence, by: [...evidence.by, factor] });
    });
  }
}
