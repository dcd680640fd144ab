import { Injectable } from '@nestjs/common';
import type { Person } from '../../common/personal-data/personal-data.js';
import { Sql } from '../../database/sql.js';

/** A mail that went, or is to go, to somebody; its words are sealed and soon gone. */
export interface MailRecord {
  readonly template: string;
  readonly recipient: string;
  readonly status: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

@Injectable()
export class PersonalMailsRepository {
  constructor(private readonly sql: Sql) {}

  list({ organizationId, email }: Person): Promise<MailRecord[]> {
    return this.sql.rows({
      text: `SELECT template, recipient, status, created_at, finished_at FROM mail_outbox
             WHERE organization_id = $1 AND lower(recipient) = lower($2) ORDER BY id`,
      values: [organizationId, email],
    });
  }

  async deleteAllTo({ organizationId, email }: Person): Promise<void> {
    await this.sql.execute({
      text: 'DELETE FROM mail_outbox WHERE organization_id = $1 AND lower(recipient) = lower($2)',
      values: [organizationId, email],
    });
  }
}
