import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { Sql } from '../../database/sql.js';
import { SigningKeyEntity } from './signing-key.entity.js';

/** Where replicas hear that the keys have changed. */
export const SIGNING_KEYS_CHANNEL = 'cloudkeep_signing_keys';

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly sql: Sql) {}

  /** Held until the transaction ends: of replicas that start together, one makes the first key. */
  async lock(): Promise<void> {
    await this.sql.execute({ text: 'SELECT pg_advisory_xact_lock($1)', values: [AdvisoryLock.signingKeys] });
  }

  /** Keys whose tokens are still accepted, newest first. */
  findAccepted(algorithm: string, now: Date): Promise<SigningKeyEntity[]> {
    return this.sql.manager.find(SigningKeyEntity, {
      where: [
        { algorithm, retiredAt: IsNull() },
        { algorithm, retiredAt: MoreThan(now) },
      ],
      order: { id: 'DESC' },
    });
  }

  async insert(key: SigningKeyEntity): Promise<void> {
    await this.sql.manager.insert(SigningKeyEntity, key);
  }

  /** Those of an algorithm, at the latest then. */
  async retire(algorithm: string, at: Date): Promise<void> {
    await this.sql.execute({
      text: `UPDATE signing_keys SET retired_at = least(retired_at, $2) WHERE algorithm = $1`,
      values: [algorithm, at],
    });
  }

  /** Tells every replica, when the transaction commits. */
  async announce(): Promise<void> {
    await this.sql.execute({ text: 'SELECT pg_notify($1, $2)', values: [SIGNING_KEYS_CHANNEL, ''] });
  }
}
