import { Injectable } from '@nestjs/common';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { Sql } from '../../database/sql.js';
import { IdentityEntity } from './identity.entity.js';

export interface IdentityRow {
  readonly id: string;
  readonly user_id: string;
  readonly provider: string;
  readonly email: string | null;
  readonly created_at: Date;
  readonly last_used_at: Date;
}

const COLUMNS = 'id, user_id, provider, email, created_at, last_used_at';

@Injectable()
export class IdentitiesRepository {
  constructor(private readonly sql: Sql) {}

  /** Of several sign-ins of one person, or to one address, the second sees what the first has done. */
  async lock(what: string): Promise<void> {
    await this.sql.execute({
      name: 'identities-lock',
      text: 'SELECT pg_advisory_xact_lock($1::int, hashtext($2))',
      values: [AdvisoryLock.externalSignIn, what],
    });
  }

  find(provider: string, subject: string): Promise<IdentityRow | null> {
    return this.sql.row({
      name: 'identities-find',
      text: `SELECT ${COLUMNS} FROM identities WHERE provider = $1 AND subject = $2`,
      values: [provider, subject],
    });
  }

  /** Marks a use; false for one that is gone. */
  async markUsed(id: string, email: string | null, at: Date): Promise<boolean> {
    const updated = await this.sql.execute({
      name: 'identities-mark-used',
      text: 'UPDATE identities SET last_used_at = $3, email = coalesce($2, email) WHERE id = $1',
      values: [id, email, at],
    });
    return updated > 0;
  }

  async insert(identity: Omit<IdentityEntity, 'createdAt'>): Promise<void> {
    await this.sql.manager.insert(IdentityEntity, identity);
  }

  /** Oldest first. */
  listOf(userId: string): Promise<IdentityRow[]> {
    return this.sql.rows({
      name: 'identities-of-user',
      text: `SELECT ${COLUMNS} FROM identities WHERE user_id = $1 ORDER BY id LIMIT 500`,
      values: [userId],
    });
  }

  async remove(id: string): Promise<void> {
    await this.sql.execute({ text: 'DELETE FROM identities WHERE id = $1', values: [id] });
  }

  async removeAllOf(userId: string): Promise<void> {
    await this.sql.execute({ text: 'DELETE FROM identities WHERE user_id = $1', values: [userId] });
  }
}
