import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

export interface ModelRow {
  readonly id: string;
  readonly created_at: Date;
  readonly name: string;
  readonly version: string;
  readonly is_experimental: boolean;
  readonly description: string | null;
  readonly metrics: Record<string, unknown> | null;
  readonly size: number;
  /** Null for the built-in one, which has no file. */
  readonly sha256: string | null;
  readonly created_by: string | null;
  readonly updated_at: Date;
}

export interface ModelFilters {
  readonly name?: string;
  readonly is_experimental?: boolean;
}

export interface ModelChanges {
  readonly is_experimental?: boolean;
  readonly description?: string | null;
  readonly metrics?: Record<string, unknown> | null;
}

const COLUMNS =
  'id, created_at, name, version, is_experimental, description, metrics, size, sha256, created_by, updated_at';

@Injectable()
export class LabModelsRepository {
  constructor(private readonly sql: Sql) {}

  /** @returns false when the organisation has this version already. */
  async insert(organizationId: string, model: ModelRow): Promise<boolean> {
    const written = await this.sql.execute({
      name: 'lab-models-insert',
      text: `INSERT INTO lab_models (organization_id, ${COLUMNS})
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (organization_id, name, version) DO NOTHING`,
      values: [
        organizationId,
        model.id,
        model.created_at,
        model.name,
        model.version,
        model.is_experimental,
        model.description,
        model.metrics,
        model.size,
        model.sha256,
        model.created_by,
        model.updated_at,
      ],
    });
    return written === 1;
  }

  async isTaken(organizationId: string, name: string, version: string): Promise<boolean> {
    const row = await this.sql.row({
      name: 'lab-models-is-taken',
      text: `SELECT FROM lab_models WHERE organization_id = $1 AND name = $2 AND version = $3`,
      values: [organizationId, name, version],
    });
    return row !== null;
  }

  find(organizationId: string, id: string): Promise<ModelRow | null> {
    return this.sql.row({
      name: 'lab-models-find',
      text: `SELECT ${COLUMNS} FROM lab_models WHERE id = $1 AND organization_id = $2`,
      values: [id, organizationId],
    });
  }

  /** Keeps it from being deleted until the transaction ends. */
  hold(organizationId: string, id: string): Promise<ModelRow | null> {
    return this.sql.row({
      name: 'lab-models-hold',
      text: `SELECT ${COLUMNS} FROM lab_models WHERE id = $1 AND organization_id = $2 FOR KEY SHARE`,
      values: [id, organizationId],
    });
  }

  /** Nobody else assigns, changes or deletes it until the transaction ends. */
  lock(organizationId: string, id: string): Promise<ModelRow | null> {
    return this.sql.row({
      name: 'lab-models-lock',
      text: `SELECT ${COLUMNS} FROM lab_models WHERE id = $1 AND organization_id = $2 FOR UPDATE`,
      values: [id, organizationId],
    });
  }

  /** Newest first, those before `before`. */
  list(organizationId: string, filters: ModelFilters, before: string, limit: number): Promise<ModelRow[]> {
    const values: unknown[] = [organizationId, before, limit];
    const conditions = ['organization_id = $1', 'id < $2'];
    for (const column of ['name', 'is_experimental'] as const) {
      if (filters[column] !== undefined) conditions.push(`${column} = $${values.push(filters[column])}`);
    }
    return this.sql.rows({
      text: `SELECT ${COLUMNS} FROM lab_models WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT $3`,
      values,
    });
  }

  async update(
    organizationId: string,
    id: string,
    changes: ModelChanges,
    now: Date,
  ): Promise<ModelRow | null> {
    const values: unknown[] = [id, organizationId, now];
    const sets = ['updated_at = $3'];
    for (const column of ['is_experimental', 'description', 'metrics'] as const) {
      if (changes[column] !== undefined) sets.push(`${column} = $${values.push(changes[column])}`);
    }
    return this.sql.row({
      text: `UPDATE lab_models SET ${sets.join(', ')}
             WHERE id = $1 AND organization_id = $2 RETURNING ${COLUMNS}`,
      values,
    });
  }

  async delete(organizationId: string, id: string): Promise<void> {
    await this.sql.execute({
      name: 'lab-models-delete',
      text: `DELETE FROM lab_models WHERE id = $1 AND organization_id = $2`,
      values: [id, organizationId],
    });
  }

  /** Which of these ids there are, in whatever organisation. */
  async existing(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.sql.rows<{ id: string }>({
      text: `SELECT id FROM lab_models WHERE id = ANY ($1)`,
      values: [ids],
    });
    return new Set(rows.map(({ id }) => id));
  }

  /** All of an organisation. @returns their ids. */
  async deleteAll(organizationId: string): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: `DELETE FROM lab_models WHERE organization_id = $1 RETURNING id`,
      values: [organizationId],
    });
    return rows.map(({ id }) => id);
  }
}
