import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Sql } from '../../database/sql.js';
import type { UserRef } from '../users/users.events.js';
import { RecoveryCodeEntity } from './recovery-code.entity.js';

@Injectable()
export class RecoveryCodesRepository {
  constructor(private readonly sql: Sql) {}

  async insert(user: UserRef, digests: readonly Buffer[]): Promise<void> {
    const owner = { organizationId: user.organizationId, userId: user.id };
    await this.sql.manager.insert(
      RecoveryCodeEntity,
      digests.map((digest) => ({ id: newId(), ...owner, digest })),
    );
  }

  /** Of any number at once, one gets it. */
  async take(userId: string, digest: Buffer): Promise<boolean> {
    const taken = await this.sql.execute({
      name: 'recovery-code-take',
      text: 'DELETE FROM recovery_codes WHERE user_id = $1 AND digest = $2',
      values: [userId, digest],
    });
    return taken > 0;
  }

  async count(userId: string): Promise<number> {
    const row = await this.sql.row<{ count: number }>({
      name: 'recovery-codes-count',
      text: 'SELECT count(*)::int AS count FROM recovery_codes WHERE user_id = $1',
      values: [userId],
    });
    return row?.count ?? 0;
  }

  async removeAll(userId: string): Promise<void> {
    await this.sql.execute({ text: 'DELETE FROM recovery_codes WHERE user_id = $1', values: [userId] });
  }
}
