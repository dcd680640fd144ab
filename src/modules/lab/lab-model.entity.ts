import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** An ONNX risk model in one version. Its file is in the store, under its id. */
@Entity('lab_models')
@Index('lab_models_organization_id_name_version_idx', ['organizationId', 'name', 'version'], { unique: true })
@Index('lab_models_organization_id_id_idx', ['organizationId', 'id'])
export class LabModelEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { onDelete: 'CASCADE', name: 'lab_models_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  version!: string;

  @Column({ type: 'boolean' })
  isExperimental!: boolean;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  /** What its makers measured. */
  @Column({ type: 'jsonb', nullable: true })
  metrics!: Record<string, unknown> | null;

  @Column({ type: 'integer' })
  size!: number;

  @Column({ type: 'text' })
  sha256!: string;

  /** A person, or a key that speaks for itself; null once they are forgotten. */
  @Column({ type: 'uuid', nullable: true })
  createdBy!: string | null;

  @Column({ type: 'timestamptz' })
  updatedAt!: Date;
}
