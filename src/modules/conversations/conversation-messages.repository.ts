import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import { ownerQuery, type Owner } from './owner.js';
import { searchWords } from './search-words.js';

export interface MessageRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly query: string;
  readonly response: string;
  readonly context: Record<string, unknown> | null;
  readonly created_at: Date;
}

const COLUMNS = 'id, conversation_id, query, response, context, created_at';

@Injectable()
export class ConversationMessagesRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * Adds a message and counts it, in one statement.
   *
   * @returns false when the owner has no such conversation.
   */
  async insert(owner: Owner, message: MessageRow): Promise<boolean> {
    const inserted = await this.sql.execute({
      name: 'conversation-messages-insert',
      text: `WITH conversation AS (
               UPDATE conversations
               SET message_count = message_count + 1, updated_at = greatest(updated_at, $4)
               WHERE id = $1 AND user_id = $2 AND organization_id = $3
               RETURNING id, user_id, organization_id)
             INSERT INTO conversation_messages
               (id, created_at, organization_id, user_id, conversation_id, query, response, context)
             SELECT $5::uuid, $4, organization_id, user_id, id, $6, $7, $8::json FROM conversation`,
      values: [
        message.conversation_id,
        owner.userId,
        owner.organizationId,
        message.created_at,
        message.id,
        message.query,
        message.response,
        message.context === null ? null : JSON.stringify(message.context),
      ],
    });
    return inserted > 0;
  }

  /** Newest first, those before `before`. */
  list(conversationId: string, before: string, limit: number): Promise<MessageRow[]> {
    return this.sql.rows({
      name: 'conversation-messages-list',
      text: `SELECT ${COLUMNS} FROM conversation_messages
             WHERE conversation_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
      values: [conversationId, before, limit],
    });
  }

  /** As `list`, those that match. Not prepared: its plan depends on the words. */
  search(
    owner: Owner,
    conversationId: string,
    words: string,
    before: string,
    limit: number,
  ): Promise<MessageRow[]> {
    return this.sql.rows({
      text: `SELECT ${COLUMNS} FROM conversation_messages
             WHERE conversation_id = $1 AND id < $2 AND id IN (
               SELECT source_id FROM conversation_search
               WHERE conversation_id = $1
                 AND words @@ $3::tsquery AND words @@ websearch_to_tsquery('simple', $4))
             ORDER BY id DESC LIMIT $5`,
      values: [conversationId, before, ownerQuery(owner), searchWords(words), limit],
    });
  }
}
