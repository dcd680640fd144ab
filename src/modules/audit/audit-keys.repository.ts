import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { Sql } from '../../database/sql.js';

export interface AuditKeyRow {
  readonly thumbprint: string;
  readonly sealed_key: Buffer;
}

@Injectable()
export class AuditKeysRepository {
  constructor(private readonly sql: Sql) {}

  /** Held until the transaction ends: of replicas that start together, one makes the first key. */
  async lock(): Promise<void> {
    await this.sql.execute({ text: 'SELECT pg_advisory_xact_lock($1)', values: [AdvisoryLock.auditKeys] });
  }

  /** Newest first. */
  all(): Promise<AuditKeyRow[]> {
    return this.sql.rows({ text: 'SELECT thumbprint, sealed_key FROM audit_keys ORDER BY id DESC' });
  }

  async insert({ thumbprint, sealed_key }: AuditKeyRow, now: Date): Promise<void> {
    await this.sql.execute({
      text: `INSERT INTO audit_keys (id, created_at, thumbprint, sealed_key) VALUES ($1, $2, $3, $4)
             ON CONFLICT (thumbprint) DO NOTHING`,
      values: [newId(), now, thumbprint, sealed_key],
    });
  }
}
