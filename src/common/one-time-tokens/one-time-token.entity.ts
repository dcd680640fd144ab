import { Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A secret handed out for one purpose, good for one use until it expires. */
@Entity('one_time_tokens')
@Unique('one_time_tokens_digest_key', ['digest'])
@Index('one_time_tokens_purpose_subject_idx', ['purpose', 'subject'])
@Index('one_time_tokens_expires_at_idx', ['expiresAt'])
export class OneTimeTokenEntity extends BaseEntity {
  /** Null where nobody is known yet, as at the start of a sign-in elsewhere. */
  @ForeignKey('OrganizationEntity', { onDelete: 'CASCADE', name: 'one_time_tokens_organization_id_fkey' })
  @Column({ type: 'uuid', nullable: true })
  organizationId!: string | null;

  @Column({ type: 'text' })
  purpose!: string;

  /** Whom it is about, as `user:<id>`: all of a subject's can be revoked together. */
  @Column({ type: 'text' })
  subject!: string;

  /** SHA-256 of purpose and secret. */
  @Column({ type: 'bytea' })
  digest!: Buffer;

  @Column({ type: 'bytea' })
  sealedData!: Buffer;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  /** How often somebody has tried to use it together with something that can be guessed. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;
}
