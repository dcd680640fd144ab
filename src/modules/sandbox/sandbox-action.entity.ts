import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** What was decided in a session, or done for it in the cloud. Done things are noted before they are tried. */
@Entity('sandbox_actions')
@Index('sandbox_actions_session_id_id_idx', ['sessionId', 'id'])
export class SandboxActionEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'sandbox_actions_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('SandboxSessionEntity', { onDelete: 'CASCADE', name: 'sandbox_actions_session_id_fkey' })
  @Column({ type: 'uuid' })
  sessionId!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'text' })
  status!: string;

  @Column({ type: 'jsonb' })
  details!: Record<string, unknown>;

  /** Why it failed. */
  @Column({ type: 'text', nullable: true })
  problem!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
