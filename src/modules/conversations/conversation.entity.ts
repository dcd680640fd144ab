import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** What one user talked about in one go. */
@Entity('conversations')
@Index('conversations_user_id_id_idx', ['userId', 'id'])
export class ConversationEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'conversations_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('UserEntity', { onDelete: 'CASCADE', name: 'conversations_user_id_fkey' })
  @Column({ type: 'uuid' })
  userId!: string;

  @Column({ type: 'text', nullable: true })
  title!: string | null;

  @Column({ type: 'integer', default: 0 })
  messageCount!: number;

  /** When it was begun or a message was last added. No index has it: a message would touch them all. */
  @Column({ type: 'timestamptz' })
  updatedAt!: Date;
}
