import { Injectable } from '@nestjs/common';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { MfaService } from '../mfa/mfa.service.js';
import { PasskeyLoginService } from '../mfa/passkey-login.service.js';
import { refOf, type UserRow } from '../users/users.service.js';
import { AuthErrors } from './auth.errors.js';
import type { Evidence } from './evidence.js';
import { LoginLockout } from './login-lockout.js';
import { LoginReports } from './login-reports.js';
import { PasswordHasher } from '../../common/passwords/password-hasher.js';
import type { ReauthenticateDto } from './second-factor.dto.js';

/** That whoever holds a session is its person: by a second factor where the account has one, else by the password. */
@Injectable()
export class OwnerProof {
  constructor(
    private readonly mfa: MfaService,
    private readonly passkeys: PasskeyLoginService,
    private readonly passwords: PasswordHasher,
    private readonly lockout: LoginLockout,
    private readonly reports: LoginReports,
  ) {}

  /** @throws AppError 400 `validation_failed`, `wrong_password`, `no_password`, `invalid_code` or `invalid_passkey`, 429. */
  prove(user: UserRow, { password, code, passkey }: ReauthenticateDto): Promise<Evidence> {
    if (user.mfa_enabled && passkey !== undefined) return this.byPasskey(user, passkey);
    if (user.mfa_enabled) return this.byCode(user, code);
    return this.byPassword(user, password);
  }

  /**
   * As at sign-in, and counted with it: a stolen session is no way to guess on.
   *
   * @param field of the request the password came in.
   * @returns the failures to clear once all else is well.
   * @throws AppError 400 `wrong_password` or `no_password`, 429 `sign_in_paused`.
   */
  async mustKnowPassword(user: UserRow, password: string, field: string): Promise<Buffer> {
    if (user.password_hash === null) throw AuthErrors.noPassword();
    const failures = await this.lockout.reserve(user.email.toLowerCase(), this.reports.ip);
    const { matches } = await this.passwords.verify(user.password_hash, password);
    if (matches) return failures;
    this.reports.failed(user, 'wrong_password');
    throw AuthErrors.wrongPassword(field);
  }

  private async byCode(user: UserRow, code: string | undefined): Promise<Evidence> {
    if (code === undefined) throw missing('code', 'is needed: the account has a second factor');
    const factor = await this.mfa.useCode(refOf(user), code);
    if (factor !== null) return { by: [factor] };
    this.reports.mfaFailed(user, 'invalid_code');
    throw AuthErrors.invalidCode(400);
  }

  private async byPasskey(user: UserRow, answer: object): Promise<Evidence> {
    if (await this.passkeys.proves(user, answer)) return { by: ['passkey'] };
    this.reports.mfaFailed(user, 'invalid_passkey');
    throw AuthErrors.invalidPasskey(400);
  }

  private async byPassword(user: UserRow, password: string | undefined): Promise<Evidence> {
    if (password === undefined) throw missing('password', 'is needed');
    return { by: ['password'], lockoutSubject: await this.mustKnowPassword(user, password, 'password') };
  }
}

function missing(field: string, message: string) {
  return CommonErrors.validation([{ field, message }]);
}
