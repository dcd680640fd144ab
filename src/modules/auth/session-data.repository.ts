import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** A session as its owner is told of it, long after it ended too. */
export interface SessionRecord {
  readonly id: string;
  readonly kind: string;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly ended_reason: string | null;
}

@Injectable()
export class SessionDataRepository {
  constructor(private readonly sql: Sql) {}

  /** Every session that is still remembered, oldest first, from the one after `after` on. */
  list(userId: string, after: string, limit: number): Promise<SessionRecord[]> {
    return this.sql.rows({
      text: `SELECT id, kind, host(ip) AS ip, user_agent, created_at, last_seen_at, expires_at, ended_at, ended_reason
             FROM sessions WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
      values: [userId, after, limit],
    });
  }
}
