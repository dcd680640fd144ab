import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** Lets whoever has its address have one version of a file until it expires. Revoking removes it. */
@Entity('file_links')
@Index('file_links_file_id_id_idx', ['fileId', 'id'])
@Index('file_links_created_by_id_idx', ['createdBy', 'id'])
@Index('file_links_expires_at_idx', ['expiresAt'])
export class FileLinkEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'file_links_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('FileEntity', { onDelete: 'CASCADE', name: 'file_links_file_id_fkey' })
  @Column({ type: 'uuid' })
  fileId!: string;

  @Column({ type: 'integer' })
  version!: number;

  /** A person, or a key that speaks for itself. */
  @Column({ type: 'uuid' })
  createdBy!: string;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  /** Null for as many as they like. */
  @Column({ type: 'integer', nullable: true })
  maxUses!: number | null;

  @Column({ type: 'integer', default: 0 })
  uses!: number;

  @Column({ type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;

  /** The only address or network it works from; null for any. */
  @Column({ type: 'inet', nullable: true })
  ip!: string | null;

  @Column({ type: 'text' })
  disposition!: 'attachment' | 'inline';
}
