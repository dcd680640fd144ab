import { Injectable } from '@nestjs/common';
import type { UserRef } from '../users/users.events.js';
import { FactorCodes } from './factor-codes.js';
import type { SecondFactor } from './mfa.events.js';
import { MfaState } from './mfa-state.js';
import './mfa.events.js';

export type { SecondFactor };

/** Second factors as the rest of the house sees them. */
@Injectable()
export class MfaService {
  constructor(
    private readonly codes: FactorCodes,
    private readonly state: MfaState,
  ) {}

  /** How a user can pass the second step of a sign-in. */
  methodsOf(userId: string): Promise<SecondFactor[]> {
    return this.state.methodsOf(userId);
  }

  /**
   * Uses up a code of an authenticator app, or one for recovery, however it was
   * typed. Of the same code many times at once, one is good. Call it outside a unit
   * of work, whose rollback would forget the guess.
   *
   * @returns what it was a code of; null when it is none of the user's.
   * @throws AppError 429 `mfa_paused` after too many wrong ones.
   */
  useCode(user: UserRef, typed: string): Promise<'totp' | 'recovery_code' | null> {
    return this.codes.use(user, typed);
  }
}
