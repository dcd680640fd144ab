import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/**
 * The words of a conversation's title or of a message, written by triggers. It tells
 * ids only: who finds one still has to be shown the row by the database.
 */
@Entity('conversation_search')
@Index('conversation_search_conversation_id_idx', ['conversationId'])
@Index('conversation_search_words_idx', { synchronize: false })
export class ConversationSearchEntity {
  /** Of the conversation, or of the message. */
  @PrimaryColumn({ type: 'uuid' })
  sourceId!: string;

  @ForeignKey('ConversationEntity', {
    onDelete: 'CASCADE',
    name: 'conversation_search_conversation_id_fkey',
  })
  @Column({ type: 'uuid' })
  conversationId!: string;

  @Column({ type: 'tsvector', select: false })
  words!: unknown;
}
