import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { UserRef } from './users.events.js';

export interface PreferenceRow {
  readonly key: string;
  readonly value: unknown;
  readonly updated_at: Date;
}

@Injectable()
export class PreferencesRepository {
  constructor(private readonly sql: Sql) {}

  /** By key, from the one after `after` on. */
  list(userId: string, after: string | null, limit: number): Promise<PreferenceRow[]> {
    return this.sql.rows({
      name: 'preferences-list',
      text: `SELECT key, value, updated_at FROM user_preferences
             WHERE user_id = $1 AND ($2::text IS NULL OR key > $2) ORDER BY key LIMIT $3`,
      values: [userId, after, limit],
    });
  }

  /** @returns whether the user had one of that key. */
  async replace(userId: string, { key, value, updated_at }: PreferenceRow): Promise<boolean> {
    const replaced = await this.sql.execute({
      name: 'preferences-replace',
      text: 'UPDATE user_preferences SET value = $3, updated_at = $4 WHERE user_id = $1 AND key = $2',
      values: [userId, key, JSON.stringify(value), updated_at],
    });
    return replaced > 0;
  }

  /** Makes whoever else adds one for this user wait until the transaction ends. */
  async lockOwner(userId: string): Promise<boolean> {
    const rows = await this.sql.rows({
      name: 'preferences-lock-owner',
      text: 'SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE',
      values: [userId],
    });
    return rows.length > 0;
  }

  /** @returns false when the user would then have more than `most`; counts right only under the owner's lock. */
  async insertWithin(
    most: number,
    owner: UserRef,
    { key, value, updated_at }: PreferenceRow,
  ): Promise<boolean> {
    const inserted = await this.sql.execute({
      name: 'preferences-insert',
      text: `INSERT INTO user_preferences (organization_id, user_id, key, value, updated_at)
             SELECT $1, $2, $3, $4, $5
             WHERE (SELECT count(*) FROM user_preferences WHERE user_id = $2 AND key <> $3) < $6
             ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
      values: [owner.organizationId, owner.id, key, JSON.stringify(value), updated_at, most],
    });
    return inserted > 0;
  }

  /** @returns whether there was one. */
  async delete(userId: string, key: string): Promise<boolean> {
    const deleted = await this.sql.execute({
      name: 'preferences-delete',
      text: 'DELETE FROM user_preferences WHERE user_id = $1 AND key = $2',
      values: [userId, key],
    });
    return deleted > 0;
  }
}
