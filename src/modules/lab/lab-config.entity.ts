import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The pipeline of an instance, where it is not the default. */
@Entity('lab_configs')
export class LabConfigEntity {
  @ForeignKey('OrganizationEntity', { onDelete: 'CASCADE', name: 'lab_configs_organization_id_fkey' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'lab_configs_pkey' })
  organizationId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'lab_configs_pkey' })
  instanceId!: string;

  @Column({ type: 'jsonb' })
  config!: Record<string, unknown>;

  @Column({ type: 'timestamptz' })
  updatedAt!: Date;

  @Column({ type: 'uuid', nullable: true })
  updatedBy!: string | null;
}
