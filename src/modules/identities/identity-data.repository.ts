import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** Who somebody is elsewhere, as they are told of it. */
export interface IdentityRecord {
  readonly id: string;
  readonly provider: string;
  readonly subject: string;
  readonly email: string | null;
  readonly linked_at: Date;
  readonly last_used_at: Date;
}

@Injectable()
export class IdentityDataRepository {
  constructor(private readonly sql: Sql) {}

  /** Oldest first, from the one after `after` on. */
  list(userId: string, after: string, limit: number): Promise<IdentityRecord[]> {
    return this.sql.rows({
      text: `SELECT id, provider, subject, email, created_at AS linked_at, last_used_at
             FROM identities WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
      values: [userId, after, limit],
    });
  }
}
