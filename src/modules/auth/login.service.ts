import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import type { LoginDto, TokensDto } from './auth.dto.js';
import { AuthErrors } from './auth.errors.js';
import type { Evidence } from './evidence.js';
import { LoginLockout } from './login-lockout.js';
import { LoginReports } from './login-reports.js';
import { PasswordHasher } from '../../common/passwords/password-hasher.js';
import type { MfaRequiredDto } from './second-factor.dto.js';
import { SignInService, type BrowserSignIn } from './sign-in.service.js';

interface Proven {
  readonly user: UserRow;
  readonly evidence: Evidence;
}

/**
 * Sign-in by password. Whether nobody has the name, the account has no password
 * or the password is wrong, the answer, the work and so the time are the same.
 */
@Injectable()
export class LoginService {
  constructor(
    private readonly users: UsersService,
    private readonly signIn: SignInService,
    private readonly passwords: PasswordHasher,
    private readonly lockout: LoginLockout,
    private readonly unitOfWork: UnitOfWork,
    private readonly reports: LoginReports,
  ) {}

  /** @throws AppError 401 `invalid_credentials`, 403 `account_inactive`, 429 `sign_in_paused`. */
  login(request: LoginDto): Promise<TokensDto | MfaRequiredDto> {
    return this.complete(request, ({ user, evidence }) => this.signIn.withTokens(user, evidence));
  }

  /** As `login`, for a browser. */
  loginBrowser(request: LoginDto): Promise<BrowserSignIn | MfaRequiredDto> {
    return this.complete(request, ({ user, evidence }) => this.signIn.withCookie(user, evidence));
  }

  private async complete<Answer>(
    request: LoginDto,
    open: (proven: Proven) => Promise<Answer>,
  ): Promise<Answer> {
    // Here, once: the database folds a few letters differently, and each spelling would get tries of its own.
    const identifier = (request.email ?? request.username ?? '').toLowerCase();
    const proven = await this.prove(identifier, request.password);
    return this.unitOfWork.run(() => open(proven));
  }

  private async prove(identifier: string, password: string): Promise<Proven> {
    const lockoutSubject = await this.lockout.reserve(identifier, this.reports.ip);
    const user = await this.users.findByLogin(identifier);
    const { matches, needsRehash } = await this.passwords.verify(user?.password_hash ?? null, password);
    if (user === null || !matches) {
      this.reports.failed(user, 'invalid_credentials');
      throw AuthErrors.invalidCredentials();
    }
    if (!user.is_active) {
      this.reports.failed(user, 'account_inactive');
      throw AuthErrors.accountInactive();
    }
    const newHash = needsRehash ? await this.upgrade(password) : null;
    return { user, evidence: { by: ['password'], lockoutSubject, newHash } };
  }

  /** A full queue must not turn a good sign-in away: the upgrade then waits for the next one. */
  private upgrade(password: string): Promise<string | null> {
    return this.passwords.hash(password).catch((error: unknown) => {
      if (error instanceof AppError && error.status === 503) return null;
      throw error;
    });
  }
}
