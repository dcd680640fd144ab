import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import argon2 from 'argon2';
import bcrypt from 'bcrypt';
import pLimit from 'p-limit';
import { PasswordErrors } from './passwords.errors.js';

const pbkdf2Async = promisify(pbkdf2);

/**
 * Argon2id with 19 MiB, two passes and one lane: the least memory the OWASP
 * Password Storage Cheat Sheet ("Argon2id") still recommends for logins, so a
 * small container survives many at once. `memoryCost` is in KiB, `hashLength`
 * in bytes.
 */
export const ARGON2_OPTIONS = {
  type: argon2.argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
  hashLength: 32,
} as const;

/** Passwords that may wait for a thread; one more is refused with 503. About 3 s of work for two cores. */
export const MAX_WAITING = 256;

/** Seconds a refused caller is told to stay away: roughly what a full queue takes to drain. */
const RETRY_AFTER_SECONDS = 3;

/**
 * libuv's pool has four threads unless the operator says otherwise. Hashing
 * leaves one free, or reading files and resolving names would wait behind logins.
 */
const MAX_RUNNING = 3;

/**
 * Ceilings on the work an imported hash may ask for, each about 3 s of one core.
 * Without them a single hostile row stalls a thread for hours (bcrypt's cost 31)
 * or takes the machine's memory. libsodium's MODERATE (256 MiB, t=3) still fits.
 */
const MAX_ARGON2 = { memoryKiB: 262_144, passes: 16, lanes: 16 } as const;
const MAX_BCRYPT_COST = 16;
const MAX_PBKDF2_ITERATIONS = 10_000_000;

/**
 * Iterations of a Werkzeug hash that does not state them. `generate_password_hash`
 * always states them, so such a row was assembled by hand and meant the default of
 * the Werkzeug that read it: 50 000 before 0.15, 150 000 (0.15), 260 000 (2.0),
 * 600 000 (2.3), 1 000 000 (3.1). Those of 2.0 to 2.2 are assumed; any other
 * needs its count written into the row on import.
 */
const WERKZEUG_DEFAULT_ITERATIONS = 260_000;

/** bcrypt reads no further: longer passwords match on their first 72 bytes. */
const BCRYPT_MAX_BYTES = 72;

const CURRENT_PREFIX =
  `$argon2id$v=19$m=${ARGON2_OPTIONS.memoryCost},` +
  `t=${ARGON2_OPTIONS.timeCost},p=${ARGON2_OPTIONS.parallelism}$`;

/** 16 bytes of salt and 32 of hash are 22 and 43 characters of unpadded base64. */
const CURRENT_LENGTH = CURRENT_PREFIX.length + 22 + 1 + 43;

/** A hash in our own parameters that no password is known to match, new in each process. */
const DUMMY_HASH = `${CURRENT_PREFIX}${unpaddedBase64(16)}$${unpaddedBase64(32)}`;

/** Answers whether a password is the one a stored hash was made of. */
type Matcher = (password: string) => Promise<boolean>;

/** The outcome of {@link PasswordHasher.verify}. */
export interface PasswordVerdict {
  readonly matches: boolean;
  /** The password matches a hash of other make than ours: store `hash(password)` now, while it is known. */
  readonly needsRehash: boolean;
}

const NO_MATCH: PasswordVerdict = { matches: false, needsRehash: false };

/**
 * Makes and checks password hashes, off the event loop.
 *
 * Passwords are brought to Unicode NFC first (RFC 8265 section 4.2.1), since the
 * caller's platform decides whether "é" is one code point or two. The bytes older
 * bcrypt and Werkzeug hashes were made of never were normalised, so those see
 * the password exactly as sent.
 */
@Injectable()
export class PasswordHasher {
  private readonly limit = pLimit(Math.max(1, Math.min(availableParallelism(), MAX_RUNNING)));

  /**
   * The PHC string to store: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`.
   * Checks no rule; `checkPassword` does.
   *
   * @throws AppError 503 `password_hashing_busy` when too many are waiting.
   */
  hash(password: string): Promise<string> {
    return this.queued(async () => {
      const encoded = await argon2.hash(password.normalize('NFC'), ARGON2_OPTIONS);
      // node-argon2 writes m,p,t; decoders after the reference one read m,t,p only.
      return CURRENT_PREFIX + encoded.split('$').slice(-2).join('$');
    });
  }

  /**
   * Whether `password` belongs to the stored hash: argon2 of any kind, bcrypt or
   * Werkzeug's `pbkdf2:sha256`. For `null` (no such account, or one without a
   * password) and for a hash nobody can read, the work of our own parameters is
   * done all the same and nothing matches, so time tells no account apart from
   * none (CWE-208, Directus GHSA-jgf4-vwc3-r46v). An older hash takes its own
   * time until its owner's next login upgrades it.
   *
   * @throws AppError 503 `password_hashing_busy` when too many are waiting.
   */
  verify(stored: string | null, password: string): Promise<PasswordVerdict> {
    const matcher = stored === null ? null : matcherOf(stored);
    return this.queued(async () => {
      if (stored === null || matcher === null) {
        await matchesArgon2(DUMMY_HASH, password);
        return NO_MATCH;
      }
      return (await matcher(password)) ? { matches: true, needsRehash: !isCurrent(stored) } : NO_MATCH;
    });
  }

  /** Whether {@link verify} could ever match this hash: what an importer asks of each row. */
  isSupported(stored: string): boolean {
    return matcherOf(stored) !== null;
  }

  private async queued<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= MAX_WAITING) throw PasswordErrors.busy(RETRY_AFTER_SECONDS);
    return this.limit(work);
  }
}

function isCurrent(stored: string): boolean {
  return stored.startsWith(CURRENT_PREFIX) && stored.length === CURRENT_LENGTH;
}

function matcherOf(stored: string): Matcher | null {
  return argon2Matcher(stored) ?? bcryptMatcher(stored) ?? werkzeugMatcher(stored);
}

/** A PHC string, its parameters in any order; without `v=` it is version 1.0. */
const ARGON2 =
  /^\$argon2(?:id|i|d)(?:\$v=(?:16|19))?\$((?:[mtp]=\d{1,7},){2}[mtp]=\d{1,7})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;

function argon2Matcher(stored: string): Matcher | null {
  const parameters = new Map(
    (ARGON2.exec(stored)?.[1] ?? '').split(',').map((pair) => [pair[0], Number(pair.slice(2))]),
  );
  const [memoryKiB = 0, passes = 0, lanes = 0] = ['m', 't', 'p'].map((name) => parameters.get(name) ?? 0);
  const heavy = memoryKiB > MAX_ARGON2.memoryKiB || passes > MAX_ARGON2.passes || lanes > MAX_ARGON2.lanes;
  // RFC 9106 section 3.1: fewer than eight blocks a lane is no Argon2 at all.
  if (heavy || passes < 1 || lanes < 1 || memoryKiB < 8 * lanes) return null;
  return (password) => matchesArgon2(stored, password);
}

/** node-argon2 compares in constant time itself. */
function matchesArgon2(stored: string, password: string): Promise<boolean> {
  return argon2.verify(stored, password.normalize('NFC'));
}

const BCRYPT = /^\$2[aby]\$(\d{2})\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;

function bcryptMatcher(stored: string): Matcher | null {
  const [, cost = '', salt = '', digest = ''] = BCRYPT.exec(stored) ?? [];
  if (digest === '' || Number(cost) < 4 || Number(cost) > MAX_BCRYPT_COST) return null;
  return async (password) => {
    // The key repeats with its closing NUL, so "abc" and "abc\0abc" hash alike; implementations
    // on C strings stop at the NUL. No account can rightly have such a password.
    if (password.includes('\0')) return false;
    // Cut here, since this binding's $2a$ keeps OpenBSD's old overflow at 256 bytes. With that
    // gone the three prefixes name one algorithm, and the binding knows only $2a$ and $2b$.
    const key = Buffer.from(password).subarray(0, BCRYPT_MAX_BYTES);
    const computed = await bcrypt.hash(key, `$2b$${cost}$${salt}`);
    // bcrypt.compare is a plain strcmp.
    return timingSafeEqual(Buffer.from(computed.slice(-digest.length)), Buffer.from(digest));
  };
}

/** `pbkdf2:sha256[:iterations]$salt$hex`, werkzeug.security.generate_password_hash. The salt is text, not base64. */
const WERKZEUG = /^pbkdf2:sha256(?::([1-9]\d{0,7}))?\$([^$]{1,128})\$([0-9a-f]{64})$/;

function werkzeugMatcher(stored: string): Matcher | null {
  const [, count, salt = '', hex = ''] = WERKZEUG.exec(stored) ?? [];
  const iterations = count === undefined ? WERKZEUG_DEFAULT_ITERATIONS : Number(count);
  if (hex === '' || iterations > MAX_PBKDF2_ITERATIONS) return null;
  const digest = Buffer.from(hex, 'hex');
  return async (password) =>
    timingSafeEqual(await pbkdf2Async(password, salt, iterations, digest.length, 'sha256'), digest);
}

function unpaddedBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '');
}
