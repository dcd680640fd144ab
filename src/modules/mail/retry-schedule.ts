import { randomInt } from 'node:crypto';

const FIRST_DELAY_SECONDS = 60;
const LONGEST_DELAY_SECONDS = 3_600;
const GIVE_UP_AFTER_SECONDS = 3 * 86_400;
const RANDOM_STEPS = 2 ** 32;

/**
 * Seconds until the attempt after the `attempts`th, 30 s to 1 h: twice as long
 * each time, of which one half is random, so that what failed together does not
 * come back together ("equal jitter", AWS Architecture Blog, Exponential Backoff
 * And Jitter).
 *
 * @param random a number from 0 up to 1.
 */
export function retryDelay(attempts: number, random = randomInt(RANDOM_STEPS) / RANDOM_STEPS): number {
  const longest = Math.min(FIRST_DELAY_SECONDS * 2 ** (attempts - 1), LONGEST_DELAY_SECONDS);
  return (longest * (1 + random)) / 2;
}

/** Whether a mail has been tried long enough: within three days servers come back (RFC 5321 section 4.5.4.1 asks for 4 to 5 of relays). */
export function isTooOld(createdAt: Date, now: Date): boolean {
  return now.getTime() - createdAt.getTime() >= GIVE_UP_AFTER_SECONDS * 1000;
}
