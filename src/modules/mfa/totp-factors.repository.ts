import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Sql } from '../../database/sql.js';
import type { UserRef } from '../users/users.events.js';

export interface TotpFactorRow {
  readonly id: string;
  readonly sealed_secret: Buffer;
}

export interface CodePause {
  /** Wrong codes in a row before the first pause. */
  readonly tolerated: number;
  readonly longestSeconds: number;
}

@Injectable()
export class TotpFactorsRepository {
  constructor(private readonly sql: Sql) {}

  /** Begins anew what was never confirmed. @returns false where a confirmed one stands. */
  async begin(user: UserRef, sealedSecret: Buffer): Promise<boolean> {
    const begun = await this.sql.execute({
      text: `INSERT INTO totp_factors AS f (id, organization_id, user_id, sealed_secret) VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret
             WHERE f.confirmed_at IS NULL`,
      values: [newId(), user.organizationId, user.id, sealedSecret],
    });
    return begun > 0;
  }

  findBegun(userId: string): Promise<TotpFactorRow | null> {
    return this.sql.row({
      text: 'SELECT id, sealed_secret FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NULL',
      values: [userId],
    });
  }

  async confirm(id: string, step: number, at: Date): Promise<void> {
    await this.sql.execute({
      text: 'UPDATE totp_factors SET confirmed_at = $2, last_step = $3 WHERE id = $1',
      values: [id, at, step],
    });
  }

  /**
   * Counts a code as wrong before it is known, so that guesses in parallel can't all
   * slip in under the limit; the right one clears it. The pause doubles with each
   * wrong code beyond the tolerated ones.
   *
   * @returns null while guessing pauses and where there is no confirmed factor.
   */
  reserveAttempt(userId: string, now: Date, pause: CodePause): Promise<TotpFactorRow | null> {
    return this.sql.row({
      name: 'totp-factor-reserve',
      text: `UPDATE totp_factors SET failures = failures + 1,
               blocked_until = CASE WHEN failures + 1 < $3 THEN '-infinity'
                 ELSE $2 + make_interval(secs => least($4, power(2, least(failures + 1 - $3, 30)))) END
             WHERE user_id = $1 AND confirmed_at IS NOT NULL AND blocked_until <= $2
             RETURNING id, sealed_secret`,
      values: [userId, now, pause.tolerated, pause.longestSeconds],
    });
  }

  async blockedUntil(userId: string, now: Date): Promise<Date | null> {
    const row = await this.sql.row<{ blocked_until: Date }>({
      name: 'totp-factor-blocked-until',
      text: `SELECT blocked_until FROM totp_factors
             WHERE user_id = $1 AND confirmed_at IS NOT NULL AND blocked_until > $2`,
      values: [userId, now],
    });
    return row?.blocked_until ?? null;
  }

  /** @returns whether this or a later time step had not been accepted before. */
  async acceptStep(id: string, step: number): Promise<boolean> {
    const accepted = await this.sql.execute({
      name: 'totp-factor-accept',
      text: `UPDATE totp_factors SET last_step = $2, failures = 0, blocked_until = '-infinity'
             WHERE id = $1 AND (last_step IS NULL OR last_step < $2)`,
      values: [id, step],
    });
    return accepted > 0;
  }

  async isConfirmed(userId: string): Promise<boolean> {
    const row = await this.sql.row({
      name: 'totp-factor-confirmed',
      text: 'SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL',
      values: [userId],
    });
    return row !== null;
  }

  /** @returns whether there was a confirmed one. */
  async remove(userId: string): Promise<boolean> {
    const rows = await this.sql.rows<{ confirmed_at: Date | null }>({
      text: 'DELETE FROM totp_factors WHERE user_id = $1 RETURNING confirmed_at',
      values: [userId],
    });
    return rows.some(({ confirmed_at: confirmedAt }) => confirmedAt !== null);
  }
}
