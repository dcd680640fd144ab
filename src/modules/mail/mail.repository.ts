import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import { OutgoingMailEntity, type MailStatus } from './outgoing-mail.entity.js';

/** A mail that one worker, and no other, tries to send until `claimed_until`. */
export interface ClaimedMail {
  readonly id: string;
  readonly template: string;
  readonly recipient: string;
  readonly sealed_data: Buffer;
  readonly created_at: Date;
  /** This attempt included. */
  readonly attempts: number;
}

export type NewMail = Pick<
  OutgoingMailEntity,
  'id' | 'createdAt' | 'organizationId' | 'template' | 'recipient' | 'sealedData'
>;

@Injectable()
export class MailRepository {
  constructor(private readonly sql: Sql) {}

  /** Part of the caller's transaction. */
  async insert(mail: NewMail): Promise<void> {
    await this.sql.manager.insert(OutgoingMailEntity, { ...mail, status: 'waiting', dueAt: mail.createdAt });
  }

  /** The mail due longest that nobody is busy with; the claim is committed at once and no lock outlives this call. */
  claimDue(now: Date, until: Date): Promise<ClaimedMail | null> {
    return this.sql.row({
      name: 'mail-claim-due',
      text: `UPDATE mail_outbox SET claimed_until = $2, attempts = attempts + 1
             WHERE id = (
               SELECT id FROM mail_outbox
               WHERE status = 'waiting' AND due_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
               ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, template, recipient, sealed_data, created_at, attempts`,
      values: [now, until],
    });
  }

  /** Nothing secret is kept of a mail that is done with. */
  async finish(
    id: string,
    status: Exclude<MailStatus, 'waiting'>,
    at: Date,
    error: string | null,
  ): Promise<void> {
    await this.sql.execute({
      name: 'mail-finish',
      text: `UPDATE mail_outbox SET status = $2, finished_at = $3, last_error = $4, sealed_data = NULL, claimed_until = NULL
             WHERE id = $1 AND status = 'waiting'`,
      values: [id, status, at, error],
    });
  }

  /** Gives the claim back; without effect when it has lapsed and somebody else has taken the mail over. */
  async defer({ id, attempts }: ClaimedMail, dueAt: Date, error: string): Promise<void> {
    await this.sql.execute({
      name: 'mail-defer',
      text: `UPDATE mail_outbox SET due_at = $3, claimed_until = NULL, last_error = $4
             WHERE id = $1 AND attempts = $2 AND status = 'waiting'`,
      values: [id, attempts, dueAt, error],
    });
  }

  async countWaiting(): Promise<number> {
    const text = `SELECT count(*)::int AS count FROM mail_outbox WHERE status = 'waiting'`;
    return (await this.sql.row<{ count: number }>({ name: 'mail-count-waiting', text }))?.count ?? 0;
  }

  /** @returns how many rows were removed. */
  purge(sentBefore: Date, failedBefore: Date): Promise<number> {
    return this.sql.execute({
      text: `DELETE FROM mail_outbox
             WHERE finished_at < CASE status WHEN 'sent' THEN $1::timestamptz ELSE $2::timestamptz END
               AND finished_at < greatest($1::timestamptz, $2::timestamptz)`,
      values: [sentBefore, failedBefore],
    });
  }
}
