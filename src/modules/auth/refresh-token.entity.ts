import { Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';
import { SessionEntity } from './session.entity.js';

/** One link of a refresh token family; the family is its session. */
@Entity('refresh_tokens')
@Unique('refresh_tokens_digest_key', ['digest'])
@Index('refresh_tokens_session_id_idx', ['sessionId'])
@Index('refresh_tokens_parent_id_idx', ['parentId'])
@Index('refresh_tokens_expires_at_idx', ['expiresAt'])
export class RefreshTokenEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'refresh_tokens_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey(() => SessionEntity, { onDelete: 'CASCADE', name: 'refresh_tokens_session_id_fkey' })
  @Column({ type: 'uuid' })
  sessionId!: string;

  /** The token this one was exchanged for; null for the first. */
  @Column({ type: 'uuid', nullable: true })
  parentId!: string | null;

  /** SHA-256 of the token. */
  @Column({ type: 'bytea' })
  digest!: Buffer;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  usedAt!: Date | null;
}
