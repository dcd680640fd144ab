import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** What spot costs less than on-demand, as one evaluation found it. US dollars, exact. */
@Entity('sandbox_savings')
@Index('sandbox_savings_session_id_id_idx', ['sessionId', 'id'])
@Index('sandbox_savings_action_id_idx', ['actionId'])
@Index('sandbox_savings_user_id_created_at_idx', ['userId', 'createdAt'])
@Index('sandbox_savings_organization_id_created_at_idx', ['organizationId', 'createdAt'])
export class SandboxSavingsEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'sandbox_savings_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('UserEntity', { onDelete: 'CASCADE', name: 'sandbox_savings_user_id_fkey' })
  @Column({ type: 'uuid' })
  userId!: string;

  @ForeignKey('SandboxSessionEntity', { onDelete: 'CASCADE', name: 'sandbox_savings_session_id_fkey' })
  @Column({ type: 'uuid' })
  sessionId!: string;

  @ForeignKey('SandboxActionEntity', { onDelete: 'CASCADE', name: 'sandbox_savings_action_id_fkey' })
  @Column({ type: 'uuid' })
  actionId!: string;

  @Column({ type: 'text' })
  decision!: string;

  @Column({ type: 'numeric' })
  spotPrice!: string;

  @Column({ type: 'numeric' })
  onDemandPrice!: string;

  /** On-demand less spot. */
  @Column({ type: 'numeric' })
  hourly!: string;

  /** Of 730 hours. */
  @Column({ type: 'numeric' })
  monthly!: string;

  @Column({ type: 'numeric' })
  percent!: string;
}
