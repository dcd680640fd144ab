import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** Somebody an organisation waits for. Accepted or revoked, the row is gone: the trail tells of it. */
@Entity('invitations')
@Index('invitations_organization_id_email_key', { synchronize: false })
@Index('invitations_organization_id_id_idx', ['organizationId', 'id'])
@Index('invitations_invited_by_idx', ['invitedBy'])
@Index('invitations_expires_at_idx', ['expiresAt'])
export class InvitationEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { onDelete: 'CASCADE', name: 'invitations_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'text' })
  role!: string;

  @ForeignKey('UserEntity', { onDelete: 'SET NULL', name: 'invitations_invited_by_fkey' })
  @Column({ type: 'uuid', nullable: true })
  invitedBy!: string | null;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;
}
