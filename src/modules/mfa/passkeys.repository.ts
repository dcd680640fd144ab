import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Sql } from '../../database/sql.js';
import type { UserRef } from '../users/users.events.js';

export interface PasskeyRow {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly credential_id: string;
  readonly public_key: Buffer;
  readonly counter: number;
  readonly transports: string[];
  readonly is_backed_up: boolean;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

export type NewPasskey = Omit<PasskeyRow, 'id' | 'user_id' | 'created_at' | 'last_used_at'>;

const COLUMNS = `id, user_id, name, credential_id, public_key, counter::float8 AS counter, transports,
                 is_backed_up, created_at, last_used_at`;

@Injectable()
export class PasskeysRepository {
  constructor(private readonly sql: Sql) {}

  /** @returns null where somebody has that credential already. */
  insert(owner: UserRef, passkey: NewPasskey): Promise<PasskeyRow | null> {
    return this.sql.row({
      text: `INSERT INTO passkeys (id, organization_id, user_id, name, credential_id, public_key, counter, transports, is_backed_up)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (credential_id) DO NOTHING RETURNING ${COLUMNS}`,
      values: [
        newId(),
        owner.organizationId,
        owner.id,
        passkey.name,
        passkey.credential_id,
        passkey.public_key,
        passkey.counter,
        passkey.transports,
        passkey.is_backed_up,
      ],
    });
  }

  /** Newest first. */
  list(userId: string): Promise<PasskeyRow[]> {
    return this.sql.rows({
      name: 'passkeys-list',
      text: `SELECT ${COLUMNS} FROM passkeys WHERE user_id = $1 ORDER BY id DESC`,
      values: [userId],
    });
  }

  findByCredentialId(credentialId: string): Promise<PasskeyRow | null> {
    return this.sql.row({
      name: 'passkeys-by-credential',
      text: `SELECT ${COLUMNS} FROM passkeys WHERE credential_id = $1`,
      values: [credentialId],
    });
  }

  /** @returns false when its counter has come as far meanwhile: a clone, or the same answer twice. */
  async markUsed(id: string, counter: number, at: Date): Promise<boolean> {
    const marked = await this.sql.execute({
      name: 'passkeys-used',
      text: `UPDATE passkeys SET counter = $2, last_used_at = $3
             WHERE id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))`,
      values: [id, counter, at],
    });
    return marked > 0;
  }

  remove(userId: string, id: string): Promise<PasskeyRow | null> {
    return this.sql.row({
      text: `DELETE FROM passkeys WHERE user_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      values: [userId, id],
    });
  }

  async count(userId: string): Promise<number> {
    const row = await this.sql.row<{ count: number }>({
      name: 'passkeys-count',
      text: 'SELECT count(*)::int AS count FROM passkeys WHERE user_id = $1',
      values: [userId],
    });
    return row?.count ?? 0;
  }

  async removeAll(userId: string): Promise<void> {
    await this.sql.execute({ text: 'DELETE FROM passkeys WHERE user_id = $1', values: [userId] });
  }
}
