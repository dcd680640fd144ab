import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { OneTimeTokenEntity } from './one-time-token.entity.js';

export interface OneTimeTokenRow {
  readonly id: string;
  readonly subject: string;
  readonly sealed_data: Buffer;
}

@Injectable()
export class OneTimeTokensRepository {
  constructor(private readonly sql: Sql) {}

  async insert(token: Omit<OneTimeTokenEntity, 'createdAt' | 'attempts'>): Promise<void> {
    await this.sql.execute({
      name: 'one-time-tokens-insert',
      text: `INSERT INTO one_time_tokens (id, organization_id, purpose, subject, digest, sealed_data, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      values: [
        token.id,
        token.organizationId,
        token.purpose,
        token.subject,
        token.digest,
        token.sealedData,
        token.expiresAt,
      ],
    });
  }

  find(digest: Buffer, now: Date): Promise<OneTimeTokenRow | null> {
    return this.sql.row({
      name: 'one-time-tokens-find',
      text: 'SELECT id, subject, sealed_data FROM one_time_tokens WHERE digest = $1 AND expires_at > $2',
      values: [digest, now],
    });
  }

  /** As `find`, counted; nothing once it has been tried `most` times, however many try at once. */
  findAttempt(digest: Buffer, now: Date, most: number): Promise<OneTimeTokenRow | null> {
    return this.sql.row({
      name: 'one-time-tokens-attempt',
      text: `UPDATE one_time_tokens SET attempts = attempts + 1
             WHERE digest = $1 AND expires_at > $2 AND attempts < $3 RETURNING id, subject, sealed_data`,
      values: [digest, now, most],
    });
  }

  /** Of any number at once, one gets the row; the others wait for its transaction and then find nothing. */
  take(digest: Buffer, now: Date): Promise<OneTimeTokenRow | null> {
    return this.sql.row({
      name: 'one-time-tokens-take',
      text: `DELETE FROM one_time_tokens WHERE digest = $1 AND expires_at > $2
             RETURNING id, subject, sealed_data`,
      values: [digest, now],
    });
  }

  async removeAll(purpose: string, subject: string): Promise<void> {
    await this.sql.execute({
      name: 'one-time-tokens-remove-all',
      text: 'DELETE FROM one_time_tokens WHERE purpose = $1 AND subject = $2',
      values: [purpose, subject],
    });
  }

  async removeEvery(subject: string): Promise<void> {
    await this.sql.execute({ text: 'DELETE FROM one_time_tokens WHERE subject = $1', values: [subject] });
  }

  async purge(now: Date): Promise<void> {
    await this.sql.execute({ text: 'DELETE FROM one_time_tokens WHERE expires_at <= $1', values: [now] });
  }
}
