import { Injectable } from '@nestjs/common';
import type { UserRef } from '../users/users.events.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpCodes } from './totp-codes.js';

/** A code as people type it: of their authenticator app, or one for recovery. */
@Injectable()
export class FactorCodes {
  constructor(
    private readonly totp: TotpCodes,
    private readonly recovery: RecoveryCodes,
  ) {}

  /**
   * Uses a code up. Call it outside a unit of work.
   *
   * @returns what it was a code of; null when it is none of the user's.
   * @throws AppError 429 `mfa_paused`.
   */
  async use(user: UserRef, typed: string): Promise<'totp' | 'recovery_code' | null> {
    const digits = typed.normalize('NFKC').replaceAll(/[\s-]/g, '');
    if (/^\d{6}$/.test(digits)) return (await this.totp.accept(user.id, digits)) ? 'totp' : null;
    return (await this.recovery.use(user, typed)) ? 'recovery_code' : null;
  }
}
