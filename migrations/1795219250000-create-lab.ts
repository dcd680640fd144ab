import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['lab_models', 'lab_assignments', 'lab_configs', 'lab_experiments', 'lab_archives'];

const ROW = `id uuid PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now(),
        organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE`;

/** Risk models, which machine uses which and how, what they predicted and what came of it. */
export class CreateLab1795219250000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createModels(runner);
    await this.createAssignments(runner);
    await this.createConfigs(runner);
    await this.createExperiments(runner);
    await this.createArchives(runner);
    for (const table of TABLES) await isolate(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES.join(', ')}`);
  }

  /** No foreign key on created_by, here and below: a key whose maker is gone speaks for itself. */
  private async createModels(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lab_models (
        ${ROW},
        name text NOT NULL,
        version text NOT NULL,
        is_experimental boolean NOT NULL,
        description text,
        metrics jsonb,
        size integer NOT NULL,
        sha256 text NOT NULL,
        created_by uuid,
        updated_at timestamptz NOT NULL
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX lab_models_organization_id_name_version_idx ON lab_models (organization_id, name, version)`,
    );
    await runner.query(`CREATE INDEX lab_models_organization_id_id_idx ON lab_models (organization_id, id)`);
  }

  /** No foreign key on model_id: the history outlives the model, and the built-in one has no row. */
  private async createAssignments(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lab_assignments (
        ${ROW},
        instance_id text NOT NULL,
        role text NOT NULL,
        model_id uuid NOT NULL,
        model_name text NOT NULL,
        model_version text NOT NULL,
        created_by uuid,
        ended_at timestamptz,
        ended_by uuid
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX lab_assignments_current_idx ON lab_assignments (organization_id, instance_id, role)
       WHERE ended_at IS NULL`,
    );
    await runner.query(
      `CREATE INDEX lab_assignments_current_model_idx ON lab_assignments (organization_id, model_id)
       WHERE ended_at IS NULL`,
    );
    await runner.query(
      `CREATE INDEX lab_assignments_instance_id_id_idx ON lab_assignments (organization_id, instance_id, id)`,
    );
  }

  private async createConfigs(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lab_configs (
        organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        instance_id text NOT NULL,
        config jsonb NOT NULL,
        updated_at timestamptz NOT NULL,
        updated_by uuid,
        CONSTRAINT lab_configs_pkey PRIMARY KEY (organization_id, instance_id)
      )`);
  }

  private async createExperiments(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lab_experiments (
        ${ROW},
        session_id uuid,
        instance_id text NOT NULL,
        instance_type text NOT NULL,
        availability_zone text NOT NULL,
        mode text NOT NULL,
        model_id uuid NOT NULL,
        model_name text NOT NULL,
        model_version text NOT NULL,
        failed_model_id uuid,
        failed_model_name text,
        failed_model_version text,
        failed_model_problem text,
        challenger_id uuid,
        challenger_name text,
        challenger_version text,
        challenger_probability double precision,
        challenger_problem text,
        features jsonb NOT NULL,
        crash_probability double precision NOT NULL,
        max_crash_probability double precision NOT NULL,
        aws_signal text NOT NULL,
        decision text NOT NULL,
        reason text NOT NULL,
        config jsonb NOT NULL,
        stages jsonb NOT NULL,
        execution_time_ms double precision NOT NULL,
        interrupted boolean,
        observed_at timestamptz,
        outcome_at timestamptz
      )`);
    await this.indexExperiments(runner);
  }

  private async indexExperiments(runner: QueryRunner): Promise<void> {
    for (const by of ['instance_id', 'model_id', 'decision']) {
      await runner.query(
        `CREATE INDEX lab_experiments_${by}_id_idx ON lab_experiments (organization_id, ${by}, id)`,
      );
    }
    for (const by of ['challenger_id', 'failed_model_id']) {
      await runner.query(
        `CREATE INDEX lab_experiments_${by}_id_idx ON lab_experiments (organization_id, ${by}, id)
         WHERE ${by} IS NOT NULL`,
      );
    }
    await runner.query(
      `CREATE INDEX lab_experiments_organization_id_id_idx ON lab_experiments (organization_id, id)`,
    );
    await runner.query(
      `CREATE INDEX lab_experiments_created_at_id_idx ON lab_experiments (organization_id, created_at, id)`,
    );
  }

  private async createArchives(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lab_archives (
        ${ROW},
        month text NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        experiments integer NOT NULL,
        size bigint NOT NULL,
        sha256 text NOT NULL
      )`);
    await runner.query(
      `CREATE INDEX lab_archives_organization_id_id_idx ON lab_archives (organization_id, id)`,
    );
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
