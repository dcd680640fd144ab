import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What users asked, and what was answered. The owner is a lexeme of each search vector,
 * so that the index itself keeps to the rows of whoever searches: without it a common word
 * would be looked up in everybody's, and a search for what is not there in all there is.
 */
export class CreateConversations1795219209000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // TypeORM asks this table about generated columns whenever it compares a schema with the entities.
    await runner.query(`
      CREATE TABLE IF NOT EXISTS typeorm_metadata (
        type varchar NOT NULL, database varchar, schema varchar, "table" varchar, name varchar, value text
      )`);
    await this.createConversations(runner);
    await this.createMessages(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE conversation_messages, conversations`);
    await runner.query(`DROP TABLE IF EXISTS typeorm_metadata`);
  }

  private async createConversations(runner: QueryRunner): Promise<void> {
    // Room in each page for a new version of a row: every message counts up its conversation.
    await runner.query(`
      CREATE TABLE conversations (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        title text,
        message_count integer NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL,
        search tsvector NOT NULL GENERATED ALWAYS AS (
          array_to_tsvector(ARRAY['owner:' || user_id::text]) || to_tsvector('simple', coalesce(title, ''))
        ) STORED
      ) WITH (fillfactor = 85)`);
    await runner.query(`CREATE INDEX conversations_user_id_id_idx ON conversations (user_id, id)`);
    await runner.query(`CREATE INDEX conversations_search_idx ON conversations USING gin (search)`);
  }

  private async createMessages(runner: QueryRunner): Promise<void> {
    // No foreign key on user_id: it is that of the conversation, which takes its messages along.
    await runner.query(`
      CREATE TABLE conversation_messages (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        user_id uuid NOT NULL,
        conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        query text NOT NULL,
        response text NOT NULL,
        context json,
        search tsvector NOT NULL GENERATED ALWAYS AS (
          array_to_tsvector(ARRAY['owner:' || user_id::text]) || to_tsvector('simple', query)
            || to_tsvector('simple', response)
        ) STORED
      )`);
    await runner.query(
      `CREATE INDEX conversation_messages_conversation_id_id_idx ON conversation_messages (conversation_id, id)`,
    );
    await runner.query(
      `CREATE INDEX conversation_messages_search_idx ON conversation_messages USING gin (search)`,
    );
  }
}
