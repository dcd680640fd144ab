import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What users' clients remember for them. */
export class CreateUserPreferences1795219208000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE user_preferences (
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        key text COLLATE "C" NOT NULL,
        organization_id uuid NOT NULL REFERENCES organizations (id),
        value json NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, key)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE user_preferences`);
  }
}
