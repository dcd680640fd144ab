import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['file_links', 'file_uploads'];

/** Addresses by which anybody may have a file for a while, and uploads that come in more than one request. */
export class CreateFileLinksAndUploads1795219241000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createLinks(runner);
    await this.createUploads(runner);
    for (const table of TABLES) await isolate(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE file_uploads, file_links');
  }

  private async createLinks(runner: QueryRunner): Promise<void> {
    // No foreign key on created_by: a key whose maker is gone speaks for itself.
    await runner.query(`
      CREATE TABLE file_links (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
        version integer NOT NULL,
        created_by uuid NOT NULL,
        expires_at timestamptz NOT NULL,
        max_uses integer,
        uses integer NOT NULL DEFAULT 0,
        last_used_at timestamptz,
        ip inet,
        disposition text NOT NULL
      )`);
    await runner.query('CREATE INDEX file_links_file_id_id_idx ON file_links (file_id, id)');
    await runner.query('CREATE INDEX file_links_created_by_id_idx ON file_links (created_by, id)');
    await runner.query('CREATE INDEX file_links_expires_at_idx ON file_links (expires_at)');
  }

  private async createUploads(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE file_uploads (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        owner_id uuid NOT NULL,
        kind text NOT NULL,
        file_name text NOT NULL,
        content_type text NOT NULL,
        size bigint NOT NULL,
        sha256 text,
        collection text NOT NULL,
        resource_type text,
        resource_id text,
        metadata jsonb,
        sent_metadata text,
        received bigint NOT NULL DEFAULT 0,
        parts text[] NOT NULL DEFAULT '{}',
        writer uuid,
        expires_at timestamptz NOT NULL,
        completed_at timestamptz,
        file_id uuid
      )`);
    await runner.query('CREATE INDEX file_uploads_owner_id_id_idx ON file_uploads (owner_id, id)');
    await runner.query('CREATE INDEX file_uploads_expires_at_idx ON file_uploads (expires_at)');
  }
}

async function isolate(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
  await runner.query(`
    CREATE POLICY organization_isolation ON ${table} USING (
      (SELECT current_setting('cloudkeep.organization', true) = '*')
      OR organization_id = (SELECT nullif(nullif(current_setting('cloudkeep.organization', true), ''), '*')::uuid)
    )`);
}
