import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * E-mail and username without regard to case, in columns of their own: under
 * row-level security PostgreSQL uses an index for leak-proof conditions only, and
 * `lower(email) = …` is none, so every sign-in would read all users.
 */
export class KeyLogins1795219225000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN email_key text, ADD COLUMN username_key text`);
    await runner.query(`UPDATE users SET email_key = lower(email), username_key = lower(username)`);
    await runner.query(`
      ALTER TABLE users ALTER COLUMN email_key SET NOT NULL, ALTER COLUMN username_key SET NOT NULL`);
    await runner.query(`
      CREATE FUNCTION users_keys() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.email_key := lower(NEW.email);
        NEW.username_key := lower(NEW.username);
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER users_keys BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_keys()`);
    await runner.query(`DROP INDEX users_email_key, users_username_key`);
    await runner.query(`CREATE UNIQUE INDEX users_email_key ON users (email_key)`);
    await runner.query(`CREATE UNIQUE INDEX users_username_key ON users (username_key)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX users_email_key, users_username_key`);
    await runner.query(`DROP TRIGGER users_keys ON users`);
    await runner.query(`DROP FUNCTION users_keys()`);
    await runner.query(`ALTER TABLE users DROP COLUMN email_key, DROP COLUMN username_key`);
    await runner.query(`CREATE UNIQUE INDEX users_email_key ON users (lower(email))`);
    await runner.query(`CREATE UNIQUE INDEX users_username_key ON users (lower(username))`);
  }
}
