import { Injectable } from '@nestjs/common';
import { generateSecret, verifySync } from 'otplib';
import type { SealedColumn } from '../../common/crypto/sealed-column.js';
import { Sealer } from '../../common/crypto/sealer.js';
import { Clock } from '../../common/time/clock.js';
import { MfaErrors } from './mfa.errors.js';
import { TotpFactorsRepository, type CodePause } from './totp-factors.repository.js';

/** RFC 6238: the step of every authenticator app, and one of drift either side (section 5.2). */
export const STEP_SECONDS = 30;
/** Far below the 100 failures in a row that NIST SP 800-63B section 3.2.2 allows: then 96 guesses a day. */
const PAUSE: CodePause = { tolerated: 5, longestSeconds: 15 * 60 };

/** Secrets that authenticator apps share. */
export const SEALED_TOTP_SECRETS: SealedColumn = {
  table: 'totp_factors',
  column: 'sealed_secret',
  id: { column: 'user_id', type: 'uuid' },
  purposeOf,
};

/** Codes of authenticator apps (RFC 6238: SHA-1, 6 digits, 30 s). None is taken twice. */
@Injectable()
export class TotpCodes {
  constructor(
    private readonly factors: TotpFactorsRepository,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  newSecret(): string {
    return generateSecret();
  }

  seal(secret: string, userId: string): Buffer {
    return this.sealer.seal(secret, purposeOf(userId));
  }

  /** The time step a code belongs to; null when it is none of now or one step beside. */
  stepOf(code: string, sealedSecret: Buffer, userId: string): number | null {
    const outcome = verifySync({
      secret: this.sealer.open(sealedSecret, purposeOf(userId)),
      token: code,
      epoch: Math.floor(this.clock.now().getTime() / 1000),
      epochTolerance: STEP_SECONDS,
    });
    return outcome.valid && 'timeStep' in outcome ? outcome.timeStep : null;
  }

  /**
   * Whether a code of six digits is the user's and was not used before. Call it
   * outside a unit of work, whose rollback would forget the guess.
   *
   * @throws AppError 429 `mfa_paused` after too many wrong ones.
   */
  async accept(userId: string, code: string): Promise<boolean> {
    const now = this.clock.now();
    const factor = await this.factors.reserveAttempt(userId, now, PAUSE);
    if (factor === null) {
      const until = await this.factors.blockedUntil(userId, now);
      if (until === null) return false;
      throw MfaErrors.paused(Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000)));
    }
    const step = this.stepOf(code, factor.sealed_secret, userId);
    return step !== null && (await this.factors.acceptStep(factor.id, step));
  }
}

function purposeOf(userId: string): string {
  return `totp:${userId}`;
}
