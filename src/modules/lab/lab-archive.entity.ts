import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** Experiments of one month that are in the store now. Its id is that of the first of them. */
@Entity('lab_archives')
@Index('lab_archives_organization_id_id_idx', ['organizationId', 'id'])
export class LabArchiveEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { onDelete: 'CASCADE', name: 'lab_archives_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  /** Such as `2026-01`. */
  @Column({ type: 'text' })
  month!: string;

  @Column({ type: 'timestamptz' })
  firstAt!: Date;

  @Column({ type: 'timestamptz' })
  lastAt!: Date;

  @Column({ type: 'integer' })
  experiments!: number;

  @Column({ type: 'bigint' })
  size!: string;

  @Column({ type: 'text' })
  sha256!: string;
}
