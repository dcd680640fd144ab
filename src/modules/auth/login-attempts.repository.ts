import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

export interface Lockout {
  /** Failures in a row before the first pause. */
  readonly tolerated: number;
  readonly longestPauseSeconds: number;
  /** Failures older than this are forgotten. */
  readonly forgetAfterSeconds: number;
}

@Injectable()
export class LoginAttemptsRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * Counts an attempt as failed before its outcome is known, so that attempts in
   * parallel can't all slip in under the limit; success clears it. The pause
   * doubles with each failure beyond the tolerated ones. Where there is none yet,
   * it ended long ago: of attempts in parallel the later may be written first. It
   * counts from the latest attempt, by whichever replica's clock: one that is behind
   * would end it on the others at once.
   *
   * @returns null when the attempt may go on, else when the pause ends.
   */
  async reserve(subject: Buffer, now: Date, lockout: Lockout): Promise<Date | null> {
    const counted = await this.sql.execute({
      name: 'login-attempt-reserve',
      text: `INSERT INTO login_attempts AS a (subject, failures, blocked_until, attempted_at) VALUES ($1, 1, '-infinity', $2)
             ON CONFLICT (subject) DO UPDATE SET
               failures = CASE WHEN a.attempted_at < $2 - make_interval(secs => $5) THEN 1 ELSE a.failures + 1 END,
               blocked_until = CASE
                 WHEN a.attempted_at < $2 - make_interval(secs => $5) OR a.failures + 1 < $3 THEN '-infinity'
                 ELSE greatest(a.attempted_at, $2) + make_interval(secs => least($4, power(2, least(a.failures + 1 - $3, 30)))) END,
               attempted_at = greatest(a.attempted_at, $2)
             WHERE a.blocked_until <= $2`,
      values: [subject, now, lockout.tolerated, lockout.longestPauseSeconds, lockout.forgetAfterSeconds],
    });
    if (counted > 0) return null;
    const row = await this.sql.row<{ blocked_until: Date }>({
      name: 'login-attempt-blocked-until',
      text: 'SELECT blocked_until FROM login_attempts WHERE subject = $1 AND blocked_until > $2',
      values: [subject, now],
    });
    return row?.blocked_until ?? null;
  }

  async clear(subject: Buffer): Promise<void> {
    await this.sql.execute({
      name: 'login-attempt-clear',
      text: 'DELETE FROM login_attempts WHERE subject = $1',
      values: [subject],
    });
  }

  /** Whether the account of this name has been used from this address since `since`; false alike for nobody. */
  async isFamiliar(identifier: string, ip: string, prefixLength: number, since: Date): Promise<boolean> {
    const row = await this.sql.row({
      name: 'login-attempt-familiar',
      // Names first: joined, the planner may prefer to walk through every session.
      text: `SELECT FROM sessions s
             WHERE s.user_id = ANY (ARRAY(SELECT u.id FROM users u
                                          WHERE u.email_key = lower($1) OR u.username_key = lower($1)))
               AND s.ip <<= network(set_masklen($2::inet, $3)) AND s.created_at > $4 LIMIT 1`,
      values: [identifier, ip, prefixLength, since],
    });
    return row !== null;
  }

  purge(before: Date): Promise<number> {
    return this.sql.execute({ text: 'DELETE FROM login_attempts WHERE attempted_at < $1', values: [before] });
  }
}
