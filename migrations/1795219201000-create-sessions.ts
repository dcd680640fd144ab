import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where people are signed in, and the refresh token families that keep them so. */
export class CreateSessions1795219201000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        kind text NOT NULL CONSTRAINT sessions_kind_check CHECK (kind IN ('token', 'browser')),
        cookie_digest bytea CONSTRAINT sessions_cookie_digest_key UNIQUE,
        ip inet,
        user_agent text,
        last_seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_reason text
      )`);
    await runner.query(`CREATE INDEX sessions_user_id_id_idx ON sessions (user_id, id)`);
    await runner.query(`CREATE INDEX sessions_expires_at_idx ON sessions (expires_at)`);
    await runner.query(`
      CREATE TABLE refresh_tokens (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        parent_id uuid,
        digest bytea NOT NULL CONSTRAINT refresh_tokens_digest_key UNIQUE,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      )`);
    await runner.query(`CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id)`);
    await runner.query(`CREATE INDEX refresh_tokens_parent_id_idx ON refresh_tokens (parent_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE refresh_tokens, sessions`);
  }
}
