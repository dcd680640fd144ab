import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

@Injectable()
export class PasskeysRepository {
  constructor(private readonly sql: Sql) {}

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
