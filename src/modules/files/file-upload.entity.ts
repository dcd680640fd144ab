import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A file on its way in by several requests, and for a while after what became of it. */
@Entity('file_uploads')
@Index('file_uploads_owner_id_id_idx', ['ownerId', 'id'])
@Index('file_uploads_expires_at_idx', ['expiresAt'])
export class FileUploadEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'file_uploads_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'uuid' })
  ownerId!: string;

  @Column({ type: 'text' })
  kind!: 'direct' | 'tus';

  @Column({ type: 'text' })
  fileName!: string;

  /** As the sender says. */
  @Column({ type: 'text' })
  contentType!: string;

  @Column({ type: 'bigint' })
  size!: string;

  /** As announced, in hexadecimal. */
  @Column({ type: 'text', nullable: true })
  sha256!: string | null;

  @Column({ type: 'text' })
  collection!: string;

  @Column({ type: 'text', nullable: true })
  resourceType!: string | null;

  @Column({ type: 'text', nullable: true })
  resourceId!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  metadata!: Record<string, unknown> | null;

  /** `Upload-Metadata` as it came, which tus has us repeat. */
  @Column({ type: 'text', nullable: true })
  sentMetadata!: string | null;

  /** How many bytes came, of a resumable one. */
  @Column({ type: 'bigint', default: 0 })
  received!: string;

  /** Names of the objects with those bytes, in their order. */
  @Column({ type: 'text', array: true, default: [] })
  parts!: string[];

  /** Of requests that write, the last: the others no longer may. */
  @Column({ type: 'uuid', nullable: true })
  writer!: string | null;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  completedAt!: Date | null;

  /** What it became. No foreign key: the file may be gone first. */
  @Column({ type: 'uuid', nullable: true })
  fileId!: string | null;
}
