import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** A caller's request under a key. */
export interface Call {
  readonly digest: Buffer;
  readonly fingerprint: Buffer;
  readonly organizationId: string | null;
}

/** One attempt at a call, which alone may serve it. */
export interface Attempt {
  readonly digest: Buffer;
  readonly holder: string;
}

export interface Times {
  readonly now: Date;
  readonly leasedUntil: Date;
  readonly expiresAt: Date;
}

export interface KeptCall {
  readonly fingerprint: Buffer;
  readonly leased_until: Date;
  readonly committed_at: Date | null;
  readonly answer: Buffer | null;
}

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * Takes the key if it is free, expired, or held by an attempt at the same call
   * that died. One statement: of attempts in parallel one wins. It waits for a
   * transaction that is committing the effect, and then sees that it did.
   *
   * @returns whether the key is now this attempt's.
   */
  async reserve(call: Call, holder: string, { now, leasedUntil, expiresAt }: Times): Promise<boolean> {
    const written = await this.sql.execute({
      name: 'idempotency-reserve',
      text: `INSERT INTO idempotency_keys AS k (digest, organization_id, fingerprint, holder, leased_until, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (digest) DO UPDATE SET
               organization_id = excluded.organization_id, fingerprint = excluded.fingerprint,
               holder = excluded.holder, leased_until = excluded.leased_until, expires_at = excluded.expires_at,
               committed_at = NULL, answer = NULL
             WHERE k.leased_until <= $7
               AND (k.expires_at <= $7 OR (k.committed_at IS NULL AND k.fingerprint = excluded.fingerprint))`,
      values: [call.digest, call.organizationId, call.fingerprint, holder, leasedUntil, expiresAt, now],
    });
    return written > 0;
  }

  find(digest: Buffer): Promise<KeptCall | null> {
    return this.sql.row({
      name: 'idempotency-find',
      text: 'SELECT fingerprint, leased_until, committed_at, answer FROM idempotency_keys WHERE digest = $1',
      values: [digest],
    });
  }

  async renew({ digest, holder }: Attempt, leasedUntil: Date): Promise<void> {
    await this.sql.execute({
      name: 'idempotency-renew',
      text: 'UPDATE idempotency_keys SET leased_until = greatest(leased_until, $3) WHERE digest = $1 AND holder = $2',
      values: [digest, holder, leasedUntil],
    });
  }

  /** Part of the transaction of the effect. @returns false when another attempt has taken over. */
  async markCommitted({ digest, holder }: Attempt, now: Date): Promise<boolean> {
    const marked = await this.sql.execute({
      name: 'idempotency-mark-committed',
      text: `UPDATE idempotency_keys SET committed_at = coalesce(committed_at, $3)
             WHERE digest = $1 AND holder = $2`,
      values: [digest, holder, now],
    });
    return marked > 0;
  }

  /** Ends the lease. @param answer sealed; null when it is not kept. */
  async complete({ digest, holder }: Attempt, now: Date, answer: Buffer | null): Promise<void> {
    await this.sql.execute({
      name: 'idempotency-complete',
      text: `UPDATE idempotency_keys SET committed_at = coalesce(committed_at, $3), answer = $4, leased_until = $3
             WHERE digest = $1 AND holder = $2`,
      values: [digest, holder, now, answer],
    });
  }

  /**
   * Frees the key of an attempt that changed nothing. Where the outcome of its
   * commit is unknown, the lock on the row makes this wait for it.
   *
   * @returns false when it did change something.
   */
  async release({ digest, holder }: Attempt): Promise<boolean> {
    const deleted = await this.sql.execute({
      name: 'idempotency-release',
      text: 'DELETE FROM idempotency_keys WHERE digest = $1 AND holder = $2 AND committed_at IS NULL',
      values: [digest, holder],
    });
    return deleted > 0;
  }

  async purge(now: Date): Promise<void> {
    await this.sql.execute({
      text: 'DELETE FROM idempotency_keys WHERE expires_at <= $1 AND leased_until <= $1',
      values: [now],
    });
  }
}
