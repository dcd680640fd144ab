import { Injectable } from '@nestjs/common';
import { ReplicaReads } from '../../common/replicas/replica-reads.js';
import { Sql } from '../../database/sql.js';
import { ownerQuery, type Owner } from './owner.js';
import { searchWords } from './search-words.js';

export interface ConversationRow {
  readonly id: string;
  readonly title: string | null;
  readonly message_count: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = 'id, title, message_count, created_at, updated_at';

@Injectable()
export class ConversationsRepository {
  constructor(
    private readonly sql: Sql,
    private readonly reads: ReplicaReads,
  ) {}

  async insert(owner: Owner, { id, title, created_at, updated_at }: ConversationRow): Promise<void> {
    await this.sql.execute({
      name: 'conversations-insert',
      text: `INSERT INTO conversations (id, organization_id, user_id, title, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6)`,
      values: [id, owner.organizationId, owner.userId, title, created_at, updated_at],
    });
  }

  find(owner: Owner, id: string): Promise<ConversationRow | null> {
    return this.sql.row({
      name: 'conversations-find',
      text: `SELECT ${COLUMNS} FROM conversations WHERE id = $1 AND user_id = $2 AND organization_id = $3`,
      values: [id, owner.userId, owner.organizationId],
    });
  }

  /** Newest first, those begun before `before`. */
  list(owner: Owner, before: string, limit: number): Promise<ConversationRow[]> {
    return this.reads.rows({
      name: 'conversations-list',
      text: `SELECT ${COLUMNS} FROM conversations
             WHERE user_id = $1 AND organization_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`,
      values: [owner.userId, owner.organizationId, before, limit],
    });
  }

  /** As `list`, those whose title or one of whose messages matches. Not prepared: its plan depends on the words. */
  search(owner: Owner, words: string, before: string, limit: number): Promise<ConversationRow[]> {
    return this.reads.rows({
      text: `SELECT ${COLUMNS} FROM conversations
             WHERE user_id = $1 AND organization_id = $2 AND id < $3 AND id IN (
               SELECT conversation_id FROM conversation_search
               WHERE words @@ $4::tsquery AND words @@ websearch_to_tsquery('simple', $5))
             ORDER BY id DESC LIMIT $6`,
      values: [owner.userId, owner.organizationId, before, ownerQuery(owner), searchWords(words), limit],
    });
  }

  /** @returns how many messages went with it; null when there is no such conversation. */
  async delete(owner: Owner, id: string): Promise<number | null> {
    const row = await this.sql.row<{ message_count: number }>({
      name: 'conversations-delete',
      text: `DELETE FROM conversations WHERE id = $1 AND user_id = $2 AND organization_id = $3
             RETURNING message_count`,
      values: [id, owner.userId, owner.organizationId],
    });
    return row?.message_count ?? null;
  }

  /**
   * Looks at the `limit` conversations after the one with id `after`, and removes those
   * without a message since `before`.
   *
   * @returns the last it looked at (null when there was none) and how many it removed.
   */
  async purgeAfter(
    after: string,
    before: Date,
    limit: number,
  ): Promise<{ last: string | null; removed: number }> {
    const row = await this.sql.row<{ last: string | null; removed: number }>({
      text: `WITH looked_at AS (SELECT id FROM conversations WHERE id > $1 ORDER BY id LIMIT $3),
               removed AS (DELETE FROM conversations c USING looked_at l
                           WHERE c.id = l.id AND c.updated_at < $2 RETURNING c.id)
             SELECT (SELECT id FROM looked_at ORDER BY id DESC LIMIT 1) AS last,
                    (SELECT count(*)::int FROM removed) AS removed`,
      values: [after, before, limit],
    });
    return row ?? { last: null, removed: 0 };
  }
}
