import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** One question and its answer. Written once. */
@Entity('conversation_messages')
@Index('conversation_messages_conversation_id_id_idx', ['conversationId', 'id'])
export class ConversationMessageEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'conversation_messages_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  /** The conversation's; here for the words to search. */
  @Column({ type: 'uuid' })
  userId!: string;

  @ForeignKey('ConversationEntity', {
    onDelete: 'CASCADE',
    name: 'conversation_messages_conversation_id_fkey',
  })
  @Column({ type: 'uuid' })
  conversationId!: string;

  @Column({ type: 'text' })
  query!: string;

  @Column({ type: 'text' })
  response!: string;

  @Column({ type: 'json', nullable: true })
  context!: Record<string, unknown> | null;
}
