import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

const LIVE = { where: 'deleted_at IS NULL' };
const TRASH = { where: 'deleted_at IS NOT NULL' };

/** What somebody keeps, with its current version, so that one table answers a list. */
@Entity('files')
@Index('files_owner_id_id_idx', ['ownerId', 'id'], LIVE)
@Index(
  'files_owner_id_collection_measures_idx',
  ['ownerId', 'collection', 'id', 'organizationId', 'size', 'updatedAt'],
  LIVE,
)
@Index('files_owner_id_resource_id_idx', ['ownerId', 'resourceType', 'resourceId', 'id'], LIVE)
@Index('files_owner_id_trash_idx', ['ownerId', 'id'], TRASH)
@Index('files_organization_id_id_idx', ['organizationId', 'id'], LIVE)
@Index(
  'files_organization_id_collection_measures_idx',
  ['organizationId', 'collection', 'id', 'size', 'updatedAt'],
  LIVE,
)
@Index('files_organization_id_resource_id_idx', ['organizationId', 'resourceType', 'resourceId', 'id'], LIVE)
@Index('files_organization_id_trash_idx', ['organizationId', 'id'], TRASH)
@Index('files_deleted_at_idx', ['deletedAt'], TRASH)
export class FileEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'files_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  /** A person, or a key that speaks for itself. */
  @Column({ type: 'uuid' })
  ownerId!: string;

  @Column({ type: 'text' })
  collection!: string;

  @Column({ type: 'text', nullable: true })
  resourceType!: string | null;

  @Column({ type: 'text', nullable: true })
  resourceId!: string | null;

  @Column({ type: 'text' })
  fileName!: string;

  /** The owner's own. */
  @Column({ type: 'jsonb', nullable: true })
  metadata!: Record<string, unknown> | null;

  /** What was found in the bytes, where somebody asked. */
  @Column({ type: 'jsonb', nullable: true })
  extracted!: Record<string, unknown> | null;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'text' })
  fileKey!: string;

  @Column({ type: 'bigint' })
  size!: string;

  @Column({ type: 'text' })
  contentType!: string;

  @Column({ type: 'text' })
  sha256!: string;

  @Column({ type: 'text' })
  storageBackend!: string;

  /** When the current version was made. */
  @Column({ type: 'timestamptz' })
  modifiedAt!: Date;

  @Column({ type: 'timestamptz' })
  updatedAt!: Date;

  /** Since when it is in the trash. */
  @Column({ type: 'timestamptz', nullable: true })
  deletedAt!: Date | null;
}
