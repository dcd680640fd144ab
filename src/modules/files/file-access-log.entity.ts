import { Column, Entity, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** Somebody had a file in hand. Triggers refuse every change, but that its name is taken out of the key. */
@Entity('file_access_logs')
@Index('file_access_logs_organization_id_created_at_id_idx', ['organizationId', 'createdAt', 'id'])
@Index('file_access_logs_user_id_created_at_id_idx', ['userId', 'createdAt', 'id'])
@Index('file_access_logs_file_id_created_at_id_idx', ['fileId', 'createdAt', 'id'])
export class FileAccessLogEntity extends BaseEntity {
  @Column({ type: 'uuid' })
  organizationId!: string;

  /** Null for whoever came with a link, and for the system. No foreign keys: the log outlives people and files. */
  @Column({ type: 'uuid', nullable: true })
  userId!: string | null;

  @Column({ type: 'uuid' })
  fileId!: string;

  @Column({ type: 'text' })
  fileKey!: string;

  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'inet', nullable: true })
  ipAddress!: string | null;

  @Column({ type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'text' })
  storageBackend!: string;

  @Column({ type: 'bigint' })
  bytes!: string;
}
