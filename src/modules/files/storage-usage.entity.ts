import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** How much somebody keeps, versions and trash included; an organisation's total is under its own id. */
@Entity('storage_usage')
export class StorageUsageEntity {
  @ForeignKey('OrganizationEntity', { name: 'storage_usage_organization_id_fkey' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'storage_usage_pkey' })
  organizationId!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'storage_usage_pkey' })
  subjectId!: string;

  @Column({ type: 'bigint' })
  usedBytes!: string;

  @Column({ type: 'bigint' })
  fileCount!: string;
}
