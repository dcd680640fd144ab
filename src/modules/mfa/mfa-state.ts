import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import type { UserRef } from '../users/users.events.js';
import { refOf, UsersService, type UserRow } from '../users/users.service.js';
import { MfaErrors } from './mfa.errors.js';
import type { SecondFactor } from './mfa.events.js';
import { MfaMails } from './mfa-mails.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpFactorsRepository } from './totp-factors.repository.js';

/**
 * Whether an account asks for a second factor: exactly while it has one that is
 * confirmed. Part of the caller's unit of work, under the lock of the user.
 */
@Injectable()
export class MfaState {
  constructor(
    private readonly totp: TotpFactorsRepository,
    private readonly passkeys: PasskeysRepository,
    private readonly recovery: RecoveryCodes,
    private readonly users: UsersService,
    private readonly events: EventBus,
    private readonly mails: MfaMails,
  ) {}

  /** The ways a user can pass the second step, none where the account has none. */
  async methodsOf(userId: string): Promise<SecondFactor[]> {
    const [hasTotp, passkeys, codes] = await Promise.all([
      this.totp.isConfirmed(userId),
      this.passkeys.count(userId),
      this.recovery.count(userId),
    ]);
    return [
      ...(hasTotp ? (['totp'] as const) : []),
      ...(passkeys > 0 ? (['passkey'] as const) : []),
      ...(codes > 0 ? (['recovery_code'] as const) : []),
    ];
  }

  /** @throws AppError 409 `mfa_not_enabled`. */
  async mustBeOn(userId: string): Promise<void> {
    if (!(await this.users.mustLock(userId)).mfa_enabled) throw MfaErrors.notEnabled();
  }

  /** After a factor has come. @returns recovery codes where it is the first, else null. */
  async turnOn(actor: Actor, user: UserRow): Promise<string[] | null> {
    if (user.mfa_enabled) return null;
    await this.users.setMfaEnabled(user.id, true);
    this.events.emit('mfa.enabled', { actor, user: refOf(user) });
    await this.mails.changed(user, true);
    return this.makeRecoveryCodes(actor, refOf(user));
  }

  async makeRecoveryCodes(actor: Actor, user: UserRef): Promise<string[]> {
    const codes = await this.recovery.replace(user);
    this.events.emit('mfa.recovery-codes-made', { actor, user });
    return codes;
  }

  /** After a factor has gone: with the last one, the recovery codes go too. */
  async turnOffIfNone(actor: Actor, user: UserRow): Promise<void> {
    const hasAny = (await this.totp.isConfirmed(user.id)) || (await this.passkeys.count(user.id)) > 0;
    if (hasAny || !user.mfa_enabled) return;
    await this.recovery.removeAll(user.id);
    await this.users.setMfaEnabled(user.id, false);
    this.events.emit('mfa.disabled', { actor, user: refOf(user) });
    await this.mails.changed(user, false);
  }

  /** By somebody else. What was only begun goes too, without a word. */
  async reset(actor: Actor, user: UserRow): Promise<void> {
    const methods = await this.methodsOf(user.id);
    await this.totp.remove(user.id);
    await this.passkeys.removeAll(user.id);
    await this.recovery.removeAll(user.id);
    if (!user.mfa_enabled) return;
    await this.users.setMfaEnabled(user.id, false);
    this.events.emit('mfa.reset', { actor, user: refOf(user), methods });
    await this.mails.reset(user);
  }
}
