import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { Sql } from '../../database/sql.js';
import { SigningKeyEntity } from './signing-key.entity.js';

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly sql: Sql) {}

  /** Held until the transaction ends: of replicas that start together, one makes the first key. */
  async lock(): Promise<void> {
    await this.sql.execute({ text: 'SELECT pg_advisory_xact_lock($1)', values: [AdvisoryLock.signingKeys] });
  }

  /** Keys whose tokens are still accepted, newest first. */
  findAccepted(algorithm: string): Promise<SigningKeyEntity[]> {
    return this.sql.manager.find(SigningKeyEntity, {
      where: { algorithm, retiredAt: IsNull() },
      order: { id: 'DESC' },
    });
  }

  async insert(key: Omit<SigningKeyEntity, 'createdAt' | 'retiredAt'>): Promise<void> {
    await this.sql.manager.insert(SigningKeyEntity, key);
  }
}
