import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What users asked, and what was answered. Their words are kept apart, in a table without
 * rows of its own to protect: under row-level security PostgreSQL may not use an index for
 * `@@`, since that operator is not leak-proof. The owner is a lexeme of each vector, so
 * that the index itself keeps to whoever searches: without it a common word would be looked
 * up in everybody's, and a search for what is not there in all there is.
 */
export class CreateConversations1795219209000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createConversations(runner);
    await this.createMessages(runner);
    await this.createSearch(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE conversation_search, conversation_messages, conversations`);
    await runner.query(`DROP FUNCTION conversation_words(), conversation_message_words()`);
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
        updated_at timestamptz NOT NULL
      ) WITH (fillfactor = 85)`);
    await runner.query(`CREATE INDEX conversations_user_id_id_idx ON conversations (user_id, id)`);
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
        context json
      )`);
    await runner.query(
      `CREATE INDEX conversation_messages_conversation_id_id_idx ON conversation_messages (conversation_id, id)`,
    );
  }

  private async createSearch(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE conversation_search (
        source_id uuid PRIMARY KEY,
        conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        words tsvector NOT NULL
      )`);
    await runner.query(
      `CREATE INDEX conversation_search_conversation_id_idx ON conversation_search (conversation_id)`,
    );
    await runner.query(`CREATE INDEX conversation_search_words_idx ON conversation_search USING gin (words)`);
    await this.keepWords(runner, 'conversations', 'conversation_words', 'NEW.id', `coalesce(NEW.title, '')`);
    const texts = `NEW.query) || to_tsvector('simple', NEW.response`;
    await this.keepWords(
      runner,
      'conversation_messages',
      'conversation_message_words',
      'NEW.conversation_id',
      texts,
    );
  }

  /** Both are written once, so their words are. */
  private async keepWords(
    runner: QueryRunner,
    table: string,
    name: string,
    conversation: string,
    text: string,
  ): Promise<void> {
    await runner.query(`
      CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO conversation_search (source_id, conversation_id, words)
        VALUES (NEW.id, ${conversation},
                array_to_tsvector(ARRAY['owner:' || NEW.user_id::text]) || to_tsvector('simple', ${text}));
        RETURN NULL;
      END $$`);
    await runner.query(
      `CREATE TRIGGER ${name} AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    );
  }
}
