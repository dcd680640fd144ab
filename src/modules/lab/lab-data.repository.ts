import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** Something that somebody did in the lab. */
export interface LabDeed {
  readonly kind: 'model_registered' | 'model_assigned' | 'assignment_ended' | 'instance_configured';
  readonly what: string;
  readonly at: Date;
}

const PEOPLE = [
  ['lab_models', 'created_by'],
  ['lab_assignments', 'created_by'],
  ['lab_assignments', 'ended_by'],
  ['lab_configs', 'updated_by'],
] as const;

@Injectable()
export class LabDataRepository {
  constructor(private readonly sql: Sql) {}

  /** In the order of their times, then of what they are; those after `last`. */
  deedsOf(organizationId: string, userId: string, last: LabDeed | null, limit: number): Promise<LabDeed[]> {
    return this.sql.rows({
      text: `SELECT kind, what, at FROM (
               SELECT 'model_registered' AS kind, name || ' ' || version AS what, created_at AS at
               FROM lab_models WHERE organization_id = $1 AND created_by = $2
               UNION ALL
               SELECT 'model_assigned', instance_id || ': ' || model_name || ' ' || model_version, created_at
               FROM lab_assignments WHERE organization_id = $1 AND created_by = $2
               UNION ALL
               SELECT 'assignment_ended', instance_id || ': ' || model_name || ' ' || model_version, ended_at
               FROM lab_assignments WHERE organization_id = $1 AND ended_by = $2
               UNION ALL
               SELECT 'instance_configured', instance_id, updated_at
               FROM lab_configs WHERE organization_id = $1 AND updated_by = $2
             ) AS deeds
             WHERE $3::timestamptz IS NULL OR (at, kind, what) > ($3, $4::text, $5::text)
             ORDER BY at, kind, what LIMIT $6`,
      values: [organizationId, userId, last?.at ?? null, last?.kind ?? null, last?.what ?? null, limit],
    });
  }

  /** What somebody did stays; that it was them does not. */
  async forget(organizationId: string, userId: string): Promise<void> {
    for (const [table, column] of PEOPLE) {
      await this.sql.execute({
        text: `UPDATE ${table} SET ${column} = NULL WHERE organization_id = $1 AND ${column} = $2`,
        values: [organizationId, userId],
      });
    }
  }
}
