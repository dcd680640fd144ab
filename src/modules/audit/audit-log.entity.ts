import { Column, Entity, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** One thing that happened. A trigger refuses every change to these rows. */
@Entity('audit_logs')
@Index('audit_logs_organization_id_id_idx', ['organizationId', 'id'])
@Index('audit_logs_user_id_id_idx', ['userId', 'id'])
export class AuditLogEntity extends BaseEntity {
  @Column({ type: 'uuid' })
  organizationId!: string;

  /** Who did it; null for the system and for strangers. No foreign key: the trail outlives people. */
  @Column({ type: 'uuid', nullable: true })
  userId!: string | null;

  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'text' })
  resource!: string;

  @Column({ type: 'jsonb' })
  details!: Record<string, unknown>;

  @Column({ type: 'inet', nullable: true })
  ip!: string | null;

  @Column({ type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'text', nullable: true })
  requestId!: string | null;
}
