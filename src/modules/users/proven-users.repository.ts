import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import { UserEntity } from './user.entity.js';

@Injectable()
export class ProvenUsersRepository {
  constructor(private readonly sql: Sql) {}

  /** Locks the account of an address; null where nobody has it. */
  async lockByEmail(email: string): Promise<string | null> {
    const row = await this.sql.row<{ id: string }>({
      name: 'users-lock-by-email',
      text: 'SELECT id FROM users WHERE email_key = lower($1) FOR UPDATE',
      values: [email],
    });
    return row?.id ?? null;
  }

  async lock(id: string): Promise<void> {
    await this.sql.execute({ text: 'SELECT FROM users WHERE id = $1 FOR UPDATE', values: [id] });
  }

  /** Leaves nothing that the one who had the account before could prove. */
  async handOver(id: string): Promise<void> {
    const changes = { passwordHash: null, emailVerified: true, mfaEnabled: false };
    await this.sql.manager.update(UserEntity, { id }, changes);
  }
}
