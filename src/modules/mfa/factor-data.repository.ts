import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** A second factor as its owner is told of it; never its secret, key or digest. */
export interface FactorRecord {
  readonly kind: string;
  readonly name: string | null;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

@Injectable()
export class FactorDataRepository {
  constructor(private readonly sql: Sql) {}

  /** Each recovery code that is left, too. */
  list(userId: string, stepSeconds: number): Promise<FactorRecord[]> {
    return this.sql.rows({
      text: `SELECT 'totp' AS kind, NULL AS name, created_at, to_timestamp(last_step * $2::int) AS last_used_at
             FROM totp_factors WHERE user_id = $1
             UNION ALL SELECT 'passkey', name, created_at, last_used_at FROM passkeys WHERE user_id = $1
             UNION ALL SELECT 'recovery_code', NULL, created_at, NULL FROM recovery_codes WHERE user_id = $1`,
      values: [userId, stepSeconds],
    });
  }
}
