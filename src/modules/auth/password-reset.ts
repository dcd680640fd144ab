import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { MailedTokensService } from '../users/mailed-tokens.service.js';
import { refOf, UsersService, type UserRow } from '../users/users.service.js';
import { LoginLockout } from './login-lockout.js';
import { mustBeAcceptable } from './new-password.js';
import { PasswordHasher } from '../../common/passwords/password-hasher.js';
import { SessionsService } from './sessions.service.js';

/**
 * Redeems a reset token for a new password, the first one too of whoever was sent
 * it by an admin. Opens no session: a second factor stays in force.
 */
@Injectable()
export class PasswordReset {
  constructor(
    private readonly tokens: MailedTokensService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordHasher,
    private readonly lockout: LoginLockout,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Sets the password and ends every session. The link proves the address, so it
   * counts as verified from here on.
   *
   * @throws AppError 400 `invalid_token`; 400 `weak_password`, and the token stays good.
   */
  async redeem(token: string, password: string): Promise<void> {
    const user = await this.tokens.look('password-reset', token);
    mustBeAcceptable('password', password, user);
    const passwordHash = await this.passwords.hash(password);
    await this.unitOfWork.run(async () => {
      await this.set(await this.tokens.redeem('password-reset', token), passwordHash);
      // After the account is locked: a sign-in takes the two in this order.
      await this.lockout.forgive([user.email, user.username]);
    });
  }

  private async set(user: UserRow, passwordHash: string): Promise<void> {
    await this.users.setPasswordHash(user, passwordHash, 'reset');
    await this.users.markEmailVerified(user, 'reset');
    await this.sessions.end(refOf(user), {}, 'password_reset', null);
  }
}
