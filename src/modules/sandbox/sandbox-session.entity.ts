import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A machine that somebody lets us decide over until the session ends. */
@Entity('sandbox_sessions')
@Index('sandbox_sessions_user_id_id_idx', ['userId', 'id'])
@Index('sandbox_sessions_organization_id_id_idx', ['organizationId', 'id'])
@Index('sandbox_sessions_expires_at_idx', ['expiresAt'], { where: 'ended_at IS NULL' })
@Index('sandbox_sessions_uncleaned_idx', ['endedAt'], {
  where: 'ended_at IS NOT NULL AND sealed_credentials IS NOT NULL',
})
export class SandboxSessionEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'sandbox_sessions_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('UserEntity', { onDelete: 'CASCADE', name: 'sandbox_sessions_user_id_fkey' })
  @Column({ type: 'uuid' })
  userId!: string;

  @Column({ type: 'text' })
  instanceId!: string;

  @Column({ type: 'text' })
  instanceType!: string;

  @Column({ type: 'text' })
  availabilityZone!: string;

  @Column({ type: 'text' })
  awsRegion!: string;

  @Column({ type: 'text' })
  awsAccessKeyMasked!: string;

  /** Both halves of the access key, and the token of a temporary one; null once the session is over and what it left in the cloud is cleaned up. */
  @Column({ type: 'bytea', nullable: true, select: false })
  sealedCredentials!: Buffer | null;

  /** The gravest warning a caller told us of. */
  @Column({ type: 'text', default: 'none' })
  signal!: string;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  endReason!: string | null;

  /** The number of the last log line: whoever adds lines holds this row, so that no number is skipped or given twice. */
  @Column({ type: 'bigint', default: 0 })
  lastLogSeq!: string;
}
