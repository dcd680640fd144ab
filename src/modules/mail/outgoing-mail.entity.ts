import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

export type MailStatus = 'waiting' | 'sent' | 'failed';

/** A mail that waits, or what is remembered of one that left or never will. */
@Entity('mail_outbox')
@Check('mail_outbox_status_check', `status IN ('waiting', 'sent', 'failed')`)
@Check('mail_outbox_wiped_check', `(status = 'waiting') = (sealed_data IS NOT NULL)`)
@Check('mail_outbox_finished_check', `(status = 'waiting') = (finished_at IS NULL)`)
@Index('mail_outbox_due_at_idx', ['dueAt'], { where: `status = 'waiting'` })
@Index('mail_outbox_finished_at_idx', ['finishedAt'])
export class OutgoingMailEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'mail_outbox_organization_id_fkey', onDelete: 'CASCADE' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  /** Name of a template: the words are chosen when the mail leaves. */
  @Column({ type: 'text' })
  template!: string;

  @Column({ type: 'text' })
  recipient!: string;

  /** What the template is filled with, as JSON, sealed: it may hold a secret link. Null once the mail is done with. */
  @Column({ type: 'bytea', nullable: true })
  sealedData!: Buffer | null;

  @Column({ type: 'text' })
  status!: MailStatus;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ type: 'timestamptz' })
  dueAt!: Date;

  /** Until then a replica is busy with it; past that it must have died on the way. */
  @Column({ type: 'timestamptz', nullable: true })
  claimedUntil!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  lastError!: string | null;
}
