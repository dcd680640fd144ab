import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['files', 'file_versions', 'storage_usage', 'file_access_logs'];

/** What people keep, how much it is, and who had it in hand. */
export class CreateFiles1795219240000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createFiles(runner);
    await this.createVersions(runner);
    await this.createUsage(runner);
    await this.createAccessLogs(runner);
    await this.protectAccessLogs(runner);
    for (const table of TABLES) await isolate(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE file_access_logs, storage_usage, file_versions, files`);
    await runner.query(`DROP FUNCTION refuse_file_access_change(), forget_file_name()`);
  }

  private async createFiles(runner: QueryRunner): Promise<void> {
    // No foreign key on owner_id: a key whose maker is gone speaks, and keeps files, for itself.
    await runner.query(`
      CREATE TABLE files (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        owner_id uuid NOT NULL,
        collection text NOT NULL,
        resource_type text,
        resource_id text,
        file_name text NOT NULL,
        metadata jsonb,
        extracted jsonb,
        version integer NOT NULL,
        file_key text NOT NULL,
        size bigint NOT NULL,
        content_type text NOT NULL,
        sha256 text NOT NULL,
        storage_backend text NOT NULL,
        modified_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz
      )`);
    for (const who of ['owner_id', 'organization_id']) {
      await runner.query(`CREATE INDEX files_${who}_id_idx ON files (${who}, id) WHERE deleted_at IS NULL`);
      await runner.query(
        `CREATE INDEX files_${who}_collection_id_idx ON files (${who}, collection, id) WHERE deleted_at IS NULL`,
      );
      await runner.query(
        `CREATE INDEX files_${who}_resource_id_idx ON files (${who}, resource_type, resource_id, id)
         WHERE deleted_at IS NULL`,
      );
      await runner.query(
        `CREATE INDEX files_${who}_trash_idx ON files (${who}, id) WHERE deleted_at IS NOT NULL`,
      );
    }
    await runner.query(
      `CREATE INDEX files_deleted_at_idx ON files (deleted_at) WHERE deleted_at IS NOT NULL`,
    );
  }

  private async createVersions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE file_versions (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id),
        file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
        number integer NOT NULL,
        object_key text NOT NULL,
        size bigint NOT NULL,
        content_type text NOT NULL,
        sha256 text NOT NULL,
        storage_backend text NOT NULL,
        created_by uuid NOT NULL
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX file_versions_file_id_number_idx ON file_versions (file_id, number)`,
    );
    await runner.query(`CREATE UNIQUE INDEX file_versions_object_key_idx ON file_versions (object_key)`);
  }

  private async createUsage(runner: QueryRunner): Promise<void> {
    // Room in each page for a new version of a row: every upload counts up two of them.
    await runner.query(`
      CREATE TABLE storage_usage (
        organization_id uuid NOT NULL REFERENCES organizations (id),
        subject_id uuid NOT NULL,
        used_bytes bigint NOT NULL,
        file_count bigint NOT NULL,
        CONSTRAINT storage_usage_pkey PRIMARY KEY (organization_id, subject_id)
      ) WITH (fillfactor = 50)`);
  }

  private async createAccessLogs(runner: QueryRunner): Promise<void> {
    // No foreign keys: the log outlives files, people and organisations.
    await runner.query(`
      CREATE TABLE file_access_logs (
        id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL,
        user_id uuid,
        file_id uuid NOT NULL,
        file_key text NOT NULL,
        action text NOT NULL,
        ip_address inet,
        user_agent text,
        storage_backend text NOT NULL,
        bytes bigint NOT NULL
      )`);
    for (const subject of ['organization_id', 'user_id', 'file_id']) {
      await runner.query(
        `CREATE INDEX file_access_logs_${subject}_created_at_id_idx
         ON file_access_logs (${subject}, created_at, id)`,
      );
    }
  }

  /** Written once. Only a file's name, which may tell of somebody, can be taken out of its key. */
  private async protectAccessLogs(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION refuse_file_access_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'file_access_logs is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER file_access_logs_append_only BEFORE DELETE OR TRUNCATE ON file_access_logs
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_file_access_change()`);
    await runner.query(`
      CREATE FUNCTION forget_file_name() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF to_jsonb(NEW) - 'file_key' = to_jsonb(OLD) - 'file_key'
           AND NEW.file_key = substring(OLD.file_key FROM '^[^/]+/[0-9a-f-]{36}') THEN
          RETURN NEW;
        END IF;
        RAISE EXCEPTION 'file_access_logs is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER file_access_logs_written_once BEFORE UPDATE ON file_access_logs
      FOR EACH ROW EXECUTE FUNCTION forget_file_name()`);
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
