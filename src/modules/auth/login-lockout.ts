import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { clientNetwork } from '../../common/http/client-ip.js';
import { RequestContext } from '../../common/http/request-context.js';
import { secondsAfter, Clock } from '../../common/time/clock.js';
import { AuthErrors } from './auth.errors.js';
import { LoginAttemptsRepository, type Lockout } from './login-attempts.repository.js';

const DAY_SECONDS = 86_400;

const LOCKOUT: Lockout = { tolerated: 10, longestPauseSeconds: 15 * 60, forgetAfterSeconds: DAY_SECONDS };
const FAMILIAR_FOR_SECONDS = 30 * DAY_SECONDS;

/**
 * Slows guessing at one account from many addresses, which no limit by address
 * sees. Addresses from which the account was used before are counted apart, so
 * that a stranger's failures do not lock its owner out; and no pause is longer
 * than a quarter of an hour (OWASP Authentication Cheat Sheet, "Account
 * Lockout"). Names nobody has are treated alike, or the pause would tell them.
 */
@Injectable()
export class LoginLockout {
  constructor(
    private readonly attempts: LoginAttemptsRepository,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts an attempt before its outcome is known.
   *
   * @param identifier in lower case: each spelling would otherwise get tries of its own.
   * @returns the subject to clear on success.
   * @throws AppError 429 `sign_in_paused`.
   */
  async reserve(identifier: string, ip: string): Promise<Buffer> {
    const now = this.clock.now();
    const since = secondsAfter(now, -FAMILIAR_FOR_SECONDS);
    const isFamiliar = await this.attempts.isFamiliar(identifier, ip, ip.includes(':') ? 64 : 32, since);
    const subject = subjectOf(identifier, isFamiliar ? clientNetwork(ip) : 'elsewhere');
    const blockedUntil = await this.attempts.reserve(subject, now, LOCKOUT);
    if (blockedUntil !== null) {
      throw AuthErrors.signInPaused(Math.max(1, Math.ceil((blockedUntil.getTime() - now.getTime()) / 1000)));
    }
    return subject;
  }

  async clear(subject: Buffer): Promise<void> {
    await this.attempts.clear(subject);
  }

  /** Lets the owner of an account try at once who has proven themself otherwise. Part of the caller's unit of work. */
  async forgive(identifiers: readonly string[]): Promise<void> {
    const places = ['elsewhere', ...(this.context.ip === null ? [] : [clientNetwork(this.context.ip)])];
    for (const identifier of identifiers.map((one) => one.toLowerCase())) {
      for (const place of places) await this.attempts.clear(subjectOf(identifier, place));
    }
  }

  purge(): Promise<number> {
    return this.attempts.purge(secondsAfter(this.clock.now(), -DAY_SECONDS));
  }
}

function subjectOf(identifier: string, place: string): Buffer {
  return createHash('sha256').update(`${identifier}\n${place}`).digest();
}
