import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Organisations, the people in them and the roles they made for themselves. */
export class CreateUsers1795219200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE organizations (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        name text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE roles (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        name text NOT NULL,
        description text,
        scopes text[] NOT NULL,
        CONSTRAINT roles_organization_id_name_key UNIQUE (organization_id, name)
      )`);
    await runner.query(`
      CREATE TABLE users (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        email text NOT NULL,
        username text NOT NULL,
        full_name text,
        password_hash text,
        role text NOT NULL,
        is_active boolean NOT NULL DEFAULT true,
        email_verified boolean NOT NULL DEFAULT false,
        mfa_enabled boolean NOT NULL DEFAULT false,
        last_login_at timestamptz
      )`);
    await runner.query(`CREATE UNIQUE INDEX users_email_key ON users (lower(email))`);
    await runner.query(`CREATE UNIQUE INDEX users_username_key ON users (lower(username))`);
    await runner.query(`CREATE INDEX users_organization_id_id_idx ON users (organization_id, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE users, roles, organizations`);
  }
}
