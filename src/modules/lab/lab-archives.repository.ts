import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import { EXPERIMENT_COLUMNS, type ExperimentRow } from './lab-experiments.repository.js';

export interface ArchiveRow {
  /** Of the first experiment in it. */
  readonly id: string;
  readonly created_at: Date;
  readonly organization_id: string;
  readonly month: string;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly experiments: number;
  readonly size: number;
  readonly sha256: string;
}

/** Where a list of experiments in the order of their times goes on. */
export interface Position {
  readonly created_at: Date;
  readonly id: string;
}

/** An archived experiment, as it was archived: `outcome_at` tells whether somebody has told of it since. */
export interface ArchivedRef {
  readonly id: string;
  readonly outcome_at: Date | null;
}

const COLUMNS =
  'id, created_at, organization_id, month, first_at, last_at, experiments, size::float8 AS size, sha256';

@Injectable()
export class LabArchivesRepository {
  constructor(private readonly sql: Sql) {}

  /** Organisations with experiments from before `before`. */
  async organizationsBefore(before: Date): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: `SELECT id FROM organizations o
             WHERE EXISTS (SELECT FROM lab_experiments e WHERE e.organization_id = o.id AND e.created_at < $1)
             ORDER BY id`,
      values: [before],
    });
    return rows.map(({ id }) => id);
  }

  /** In the order of their times, those after `after` and before `before`. */
  experiments(
    organizationId: string,
    after: Position | null,
    before: Date,
    limit: number,
  ): Promise<ExperimentRow[]> {
    return this.sql.rows({
      text: `SELECT ${EXPERIMENT_COLUMNS} FROM lab_experiments
             WHERE organization_id = $1 AND created_at < $2
               AND ($3::timestamptz IS NULL OR (created_at, id) > ($3, $4::uuid))
             ORDER BY created_at, id LIMIT $5`,
      values: [organizationId, before, after?.created_at ?? null, after?.id ?? null, limit],
    });
  }

  /** Those that are as they were when they were archived. @returns how many went. */
  remove(organizationId: string, archived: readonly ArchivedRef[]): Promise<number> {
    return this.sql.execute({
      text: `DELETE FROM lab_experiments e
             USING unnest($2::uuid[], $3::timestamptz[]) AS archived (id, outcome_at)
             WHERE e.organization_id = $1 AND e.id = archived.id
               AND e.outcome_at IS NOT DISTINCT FROM archived.outcome_at`,
      values: [organizationId, archived.map(({ id }) => id), archived.map(({ outcome_at }) => outcome_at)],
    });
  }

  async insert(row: ArchiveRow): Promise<void> {
    await this.sql.execute({
      text: `INSERT INTO lab_archives (id, created_at, organization_id, month, first_at, last_at, experiments, size, sha256)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values: [
        row.id,
        row.created_at,
        row.organization_id,
        row.month,
        row.first_at,
        row.last_at,
        row.experiments,
        row.size,
        row.sha256,
      ],
    });
  }

  find(organizationId: string, id: string): Promise<ArchiveRow | null> {
    return this.sql.row({
      name: 'lab-archives-find',
      text: `SELECT ${COLUMNS} FROM lab_archives WHERE id = $1 AND organization_id = $2`,
      values: [id, organizationId],
    });
  }

  /** Latest experiments first, those before `before`. */
  list(organizationId: string, before: string, limit: number): Promise<ArchiveRow[]> {
    return this.sql.rows({
      name: 'lab-archives-list',
      text: `SELECT ${COLUMNS} FROM lab_archives WHERE organization_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
      values: [organizationId, before, limit],
    });
  }

  /** All of an organisation. @returns what they were. */
  deleteAll(organizationId: string): Promise<ArchiveRow[]> {
    return this.sql.rows({
      text: `DELETE FROM lab_archives WHERE organization_id = $1 RETURNING ${COLUMNS}`,
      values: [organizationId],
    });
  }
}
