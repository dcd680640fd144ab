import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { PipelineConfigDto } from '../evaluation/pipeline-config.dto.js';
import type { StageDto } from '../evaluation/stage.dto.js';
import type { FeaturesDto } from './lab-experiments.dto.js';

/** An experiment as it is stored. Nothing in it says who asked for it. */
export interface ExperimentRow {
  readonly id: string;
  readonly created_at: Date;
  readonly session_id: string | null;
  readonly instance_id: string;
  readonly instance_type: string;
  readonly availability_zone: string;
  readonly mode: string;
  readonly model_id: string;
  readonly model_name: string;
  readonly model_version: string;
  readonly failed_model_id: string | null;
  readonly failed_model_name: string | null;
  readonly failed_model_version: string | null;
  readonly failed_model_problem: string | null;
  readonly challenger_id: string | null;
  readonly challenger_name: string | null;
  readonly challenger_version: string | null;
  readonly challenger_probability: number | null;
  readonly challenger_problem: string | null;
  readonly features: FeaturesDto;
  readonly crash_probability: number;
  readonly max_crash_probability: number;
  readonly aws_signal: string;
  readonly decision: string;
  readonly reason: string;
  readonly config: PipelineConfigDto;
  readonly stages: readonly StageDto[];
  readonly execution_time_ms: number;
  readonly interrupted: boolean | null;
  readonly observed_at: Date | null;
  readonly outcome_at: Date | null;
}

export interface ExperimentFilters {
  readonly instance_id?: string;
  readonly model_id?: string;
  readonly decision?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export interface Outcome {
  readonly interrupted: boolean;
  readonly observed_at: Date;
  readonly outcome_at: Date;
}

const COLUMN_NAMES = [
  'id',
  'created_at',
  'session_id',
  'instance_id',
  'instance_type',
  'availability_zone',
  'mode',
  'model_id',
  'model_name',
  'model_version',
  'failed_model_id',
  'failed_model_name',
  'failed_model_version',
  'failed_model_problem',
  'challenger_id',
  'challenger_name',
  'challenger_version',
  'challenger_probability',
  'challenger_problem',
  'features',
  'crash_probability',
  'max_crash_probability',
  'aws_signal',
  'decision',
  'reason',
  'config',
  'stages',
  'execution_time_ms',
  'interrupted',
  'observed_at',
  'outcome_at',
] as const satisfies readonly (keyof ExperimentRow)[];

export const EXPERIMENT_COLUMNS = COLUMN_NAMES.join(', ');

@Injectable()
export class LabExperimentsRepository {
  constructor(private readonly sql: Sql) {}

  async insert(organizationId: string, row: ExperimentRow): Promise<void> {
    const places = COLUMN_NAMES.map((_, index) => `$${index + 2}`);
    await this.sql.execute({
      name: 'lab-experiments-insert',
      text: `INSERT INTO lab_experiments (organization_id, ${EXPERIMENT_COLUMNS}) VALUES ($1, ${places.join()})`,
      // An array is to be JSON, not an array of PostgreSQL.
      values: [
        organizationId,
        ...COLUMN_NAMES.map((name) => (name === 'stages' ? JSON.stringify(row.stages) : row[name])),
      ],
    });
  }

  /** Newest first, those before `before`. */
  list(
    organizationId: string,
    filters: ExperimentFilters,
    before: string,
    limit: number,
  ): Promise<ExperimentRow[]> {
    const values: unknown[] = [organizationId, before, limit];
    const conditions = ['organization_id = $1', 'id < $2'];
    const narrow = (condition: string, value: unknown) => {
      if (value !== undefined) conditions.push(condition + String(values.push(value)));
    };
    narrow('instance_id = $', filters.instance_id);
    narrow('model_id = $', filters.model_id);
    narrow('decision = $', filters.decision);
    narrow('created_at >= $', filters.from);
    narrow('created_at < $', filters.to);
    return this.sql.rows({
      text: `SELECT ${EXPERIMENT_COLUMNS} FROM lab_experiments
             WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT $3`,
      values,
    });
  }

  find(organizationId: string, id: string): Promise<ExperimentRow | null> {
    return this.sql.row({
      name: 'lab-experiments-find',
      text: `SELECT ${EXPERIMENT_COLUMNS} FROM lab_experiments WHERE id = $1 AND organization_id = $2`,
      values: [id, organizationId],
    });
  }

  /** Nobody else tells its outcome until the transaction ends. */
  lock(organizationId: string, id: string): Promise<ExperimentRow | null> {
    return this.sql.row({
      name: 'lab-experiments-lock',
      text: `SELECT ${EXPERIMENT_COLUMNS} FROM lab_experiments WHERE id = $1 AND organization_id = $2 FOR UPDATE`,
      values: [id, organizationId],
    });
  }

  async setOutcome(organizationId: string, id: string, outcome: Outcome): Promise<void> {
    await this.sql.execute({
      name: 'lab-experiments-set-outcome',
      text: `UPDATE lab_experiments SET interrupted = $3, observed_at = $4, outcome_at = $5
             WHERE id = $1 AND organization_id = $2`,
      values: [id, organizationId, outcome.interrupted, outcome.observed_at, outcome.outcome_at],
    });
  }
}
