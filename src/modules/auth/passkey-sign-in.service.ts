import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { RateLimiter } from '../../common/rate-limits/rate-limiter.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { PasskeyLoginService } from '../mfa/passkey-login.service.js';
import { AuthErrors } from './auth.errors.js';
import { LoginReports } from './login-reports.js';
import type { SessionKind } from './session.entity.js';
import { SignInGate } from './sign-in-gate.js';
import { SignInService, type SignedIn } from './sign-in.service.js';

/** Sign-in by passkey: as the second step of another, or alone, where whoever holds it has unlocked it. */
@Injectable()
export class PasskeySignInService {
  constructor(
    private readonly passkeys: PasskeyLoginService,
    private readonly gate: SignInGate,
    private readonly signIn: SignInService,
    private readonly unitOfWork: UnitOfWork,
    private readonly limiter: RateLimiter,
    private readonly reports: LoginReports,
  ) {}

  /** @throws AppError 401 `invalid_mfa_token`. */
  async options(mfaToken: string | undefined): Promise<object> {
    return this.passkeys.options(mfaToken === undefined ? null : (await this.gate.look(mfaToken)).user);
  }

  /** @throws AppError 401 `invalid_mfa_token` or `invalid_passkey`, 429. */
  async completeBegun(token: string, answer: object, response: Response): Promise<SignedIn> {
    const { user } = await this.gate.look(token);
    await this.limiter.consume('mfa', user.id, response);
    const { kind, evidence } = await this.gate.attempt(token);
    if (!(await this.passkeys.proves(user, answer))) {
      this.reports.mfaFailed(user, 'invalid_passkey');
      throw AuthErrors.invalidPasskey();
    }
    return this.unitOfWork.run(async () => {
      await this.gate.redeem(token);
      return this.signIn.withSession(kind, user, { ...evidence, by: [...evidence.by, 'passkey'] });
    });
  }

  /** Possession and unlocking are two factors in one. @throws AppError 401 `invalid_passkey`, 403 `account_inactive`. */
  async completeAlone(kind: SessionKind, answer: object): Promise<SignedIn> {
    const user = await this.passkeys.identify(answer);
    if (user === null) {
      this.reports.failed(null, 'invalid_passkey');
      throw AuthErrors.invalidPasskey();
    }
    if (!user.is_active) {
      this.reports.failed(user, 'account_inactive');
      throw AuthErrors.accountInactive();
    }
    return this.unitOfWork.run(() => this.signIn.withSession(kind, user, { by: ['passkey'] }));
  }
}
