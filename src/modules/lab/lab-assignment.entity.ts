import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

const CURRENT = { where: 'ended_at IS NULL' };

/** Which model judges an instance from when until when. Never changed but for its end. */
@Entity('lab_assignments')
@Index('lab_assignments_current_idx', ['organizationId', 'instanceId', 'role'], { ...CURRENT, unique: true })
@Index('lab_assignments_current_model_idx', ['organizationId', 'modelId'], CURRENT)
@Index('lab_assignments_instance_id_id_idx', ['organizationId', 'instanceId', 'id'])
export class LabAssignmentEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { onDelete: 'CASCADE', name: 'lab_assignments_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'text' })
  instanceId!: string;

  @Column({ type: 'text' })
  role!: string;

  @Column({ type: 'uuid' })
  modelId!: string;

  @Column({ type: 'text' })
  modelName!: string;

  @Column({ type: 'text' })
  modelVersion!: string;

  @Column({ type: 'uuid', nullable: true })
  createdBy!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  @Column({ type: 'uuid', nullable: true })
  endedBy!: string | null;
}
