import { Injectable } from '@nestjs/common';
import { OneTimeTokens } from '../../common/one-time-tokens/one-time-tokens.js';
import { MfaService } from '../mfa/mfa.service.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import { AuthErrors } from './auth.errors.js';
import { hasSecondFactor, type Evidence } from './evidence.js';
import { LoginLockout } from './login-lockout.js';
import type { MfaRequiredDto } from './second-factor.dto.js';
import type { SessionKind } from './session.entity.js';

const PURPOSE = 'mfa';
const TOKEN_SECONDS = 300;
/** Wrong codes that a token survives. */
const MOST_ATTEMPTS = 5;

/** A sign-in that waits for its second factor: as it was proven, to be completed as it was begun. */
export interface PendingSignIn {
  readonly user: UserRow;
  readonly kind: SessionKind;
  readonly evidence: Evidence;
}

interface Kept {
  readonly kind: SessionKind;
  readonly by: Evidence['by'];
  readonly passwordHash: string | null;
  readonly newHash: string | null;
  readonly lockoutSubject: string | null;
}

/** Where every sign-in passes: an account with a second factor gets no session without it. */
@Injectable()
export class SignInGate {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly mfa: MfaService,
    private readonly users: UsersService,
    private readonly lockout: LoginLockout,
  ) {}

  /** What is still to be shown; null when nothing is. Part of the caller's unit of work. */
  async missing(user: UserRow, kind: SessionKind, evidence: Evidence): Promise<MfaRequiredDto | null> {
    if (!user.mfa_enabled || hasSecondFactor(evidence.by)) return null;
    const kept: Kept = {
      kind,
      by: evidence.by,
      passwordHash: user.password_hash,
      newHash: evidence.newHash ?? null,
      lockoutSubject: evidence.lockoutSubject?.toString('base64') ?? null,
    };
    const token = await this.tokens.issue({
      purpose: PURPOSE,
      subject: `user:${user.id}`,
      organizationId: user.organization_id,
      seconds: TOKEN_SECONDS,
      data: kept,
    });
    const methods = await this.mfa.methodsOf(user.id);
    return { mfa_required: true, mfa_token: token, expires_in: TOKEN_SECONDS, methods };
  }

  /** After a complete sign-in. Part of the caller's unit of work. */
  async passed(user: UserRow, { lockoutSubject, newHash }: Evidence): Promise<void> {
    if (lockoutSubject !== undefined) await this.lockout.clear(lockoutSubject);
    if (newHash !== undefined && newHash !== null) await this.users.setPasswordHash(user, newHash, 'upgrade');
  }

  /** @throws AppError 401 `invalid_mfa_token`. */
  async look(token: string): Promise<PendingSignIn> {
    return this.opened(await this.tokens.look<Kept>(PURPOSE, token));
  }

  /** Counts an attempt at a second factor. @throws AppError 401 `invalid_mfa_token` after too many. */
  async attempt(token: string): Promise<PendingSignIn> {
    return this.opened(await this.tokens.attempt<Kept>(PURPOSE, token, MOST_ATTEMPTS));
  }

  /** Uses the token up. Part of the caller's unit of work. @throws AppError 401 `invalid_mfa_token`. */
  async redeem(token: string): Promise<void> {
    if ((await this.tokens.redeem(PURPOSE, token)) === null) throw AuthErrors.invalidMfaToken();
  }

  private async opened(token: { subject: string; data: Kept } | null): Promise<PendingSignIn> {
    if (token === null) throw AuthErrors.invalidMfaToken();
    const { kind, by, passwordHash, newHash, lockoutSubject } = token.data;
    const user = await this.users.find(token.subject.slice('user:'.length));
    // Alike to a token nobody has: whether there is still such an account is not told.
    if (user?.is_active !== true) throw AuthErrors.invalidMfaToken();
    return {
      // As it was proven: a session is opened only if that is still the password.
      user: { ...user, password_hash: passwordHash },
      kind,
      evidence: {
        by,
        newHash,
        ...(lockoutSubject === null ? {} : { lockoutSubject: Buffer.from(lockoutSubject, 'base64') }),
      },
    };
  }
}
