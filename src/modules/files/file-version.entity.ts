import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** The bytes a file had, or has. Written once. */
@Entity('file_versions')
@Index('file_versions_file_id_number_idx', ['fileId', 'number'], { unique: true })
@Index('file_versions_object_key_idx', ['objectKey'], { unique: true })
export class FileVersionEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'file_versions_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('FileEntity', { onDelete: 'CASCADE', name: 'file_versions_file_id_fkey' })
  @Column({ type: 'uuid' })
  fileId!: string;

  /** From 1. */
  @Column({ type: 'integer' })
  number!: number;

  @Column({ type: 'text' })
  objectKey!: string;

  @Column({ type: 'bigint' })
  size!: string;

  @Column({ type: 'text' })
  contentType!: string;

  /** In hexadecimal. */
  @Column({ type: 'text' })
  sha256!: string;

  @Column({ type: 'text' })
  storageBackend!: string;

  @Column({ type: 'uuid' })
  createdBy!: string;
}
