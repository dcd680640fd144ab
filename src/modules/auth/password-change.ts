import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { PasswordHasher } from '../../common/passwords/password-hasher.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { refOf, UsersService } from '../users/users.service.js';
import type { ChangePasswordDto } from './auth.dto.js';
import { AuthErrors } from './auth.errors.js';
import { LoginLockout } from './login-lockout.js';
import { mustBeAcceptable } from './new-password.js';
import { OwnerProof } from './owner-proof.js';
import { SessionsService } from './sessions.service.js';

/** A new password from whoever knows the one there is. */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordHasher,
    private readonly proof: OwnerProof,
    private readonly lockout: LoginLockout,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Changes the password and ends every other session.
   *
   * @throws AppError 400 `wrong_password`, `no_password` or `weak_password`, 429 `sign_in_paused`.
   */
  async change(actor: Actor, request: ChangePasswordDto): Promise<void> {
    const user = await this.users.mustFind(actor.userId);
    mustBeAcceptable('new_password', request.new_password, user);
    const failures = await this.proof.mustKnowPassword(user, request.current_password, 'current_password');
    const passwordHash = await this.passwords.hash(request.new_password);
    await this.unitOfWork.run(async () => {
      // Hashing takes a while: what was set meanwhile, by a reset say, is not overruled by who knew the old one.
      const { password_hash: current } = await this.users.mustLock(user.id);
      if (current !== user.password_hash) throw AuthErrors.wrongPassword('current_password');
      await this.users.setPasswordHash(user, passwordHash, 'owner');
      await this.lockout.clear(failures);
      await this.sessions.end(refOf(user), { except: actor.credentialId }, 'password_change', actor);
    });
  }
}
