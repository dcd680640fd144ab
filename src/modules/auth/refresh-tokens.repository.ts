import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import { RefreshTokenEntity } from './refresh-token.entity.js';

export interface RefreshTokenRow {
  readonly id: string;
  readonly session_id: string;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  /** Whether a token it was exchanged for has been exchanged in turn. */
  readonly child_used: boolean;
}

@Injectable()
export class RefreshTokensRepository {
  constructor(private readonly sql: Sql) {}

  async insert(token: Omit<RefreshTokenEntity, 'createdAt' | 'usedAt'>): Promise<void> {
    await this.sql.manager.insert(RefreshTokenEntity, token);
  }

  async findSessionOf(digest: Buffer): Promise<string | null> {
    const row = await this.sql.row<{ session_id: string }>({
      name: 'refresh-token-session',
      text: 'SELECT session_id FROM refresh_tokens WHERE digest = $1',
      values: [digest],
    });
    return row?.session_id ?? null;
  }

  /** Read it only under the lock of its session. */
  findByDigest(digest: Buffer): Promise<RefreshTokenRow | null> {
    return this.sql.row({
      name: 'refresh-token-by-digest',
      text: `SELECT t.id, t.session_id, t.expires_at, t.used_at,
                    EXISTS (SELECT FROM refresh_tokens c WHERE c.parent_id = t.id AND c.used_at IS NOT NULL) AS child_used
             FROM refresh_tokens t WHERE t.digest = $1`,
      values: [digest],
    });
  }

  /** Marks the first use; a retry leaves its time as it is. */
  async markUsed(id: string, at: Date): Promise<void> {
    await this.sql.execute({
      name: 'refresh-token-used',
      text: 'UPDATE refresh_tokens SET used_at = $2 WHERE id = $1 AND used_at IS NULL',
      values: [id, at],
    });
  }

  /** @returns how many were removed: of those that have expired the first `limit`. */
  purge(now: Date, limit: number): Promise<number> {
    return this.sql.execute({
      text: `DELETE FROM refresh_tokens WHERE id = ANY (ARRAY(
               SELECT id FROM refresh_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2))`,
      values: [now, limit],
    });
  }
}
