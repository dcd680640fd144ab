import { Injectable } from '@nestjs/common';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { Sql } from '../../database/sql.js';
import type { AssignmentRole } from './lab.events.js';

export interface AssignmentRow {
  readonly id: string;
  readonly created_at: Date;
  readonly instance_id: string;
  readonly role: AssignmentRole;
  readonly model_id: string;
  readonly model_name: string;
  readonly model_version: string;
  readonly created_by: string | null;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
}

/** One that is in force, with the digest of the model's file; null for a model without one. */
export interface CurrentAssignment {
  readonly role: AssignmentRole;
  readonly model_id: string;
  readonly model_name: string;
  readonly model_version: string;
  readonly sha256: string | null;
}

const COLUMNS =
  'id, created_at, instance_id, role, model_id, model_name, model_version, created_by, ended_at, ended_by';

@Injectable()
export class LabAssignmentsRepository {
  constructor(private readonly sql: Sql) {}

  /** Nobody else changes the assignments of the instance until the transaction ends. */
  async lockInstance(organizationId: string, instanceId: string): Promise<void> {
    await this.sql.execute({
      name: 'lab-assignments-lock',
      text: `SELECT pg_advisory_xact_lock($1::int, hashtext($2))`,
      values: [AdvisoryLock.labAssignment, `${organizationId} ${instanceId}`],
    });
  }

  current(organizationId: string, instanceId: string, role: AssignmentRole): Promise<AssignmentRow | null> {
    return this.sql.row({
      name: 'lab-assignments-current',
      text: `SELECT ${COLUMNS} FROM lab_assignments
             WHERE organization_id = $1 AND instance_id = $2 AND role = $3 AND ended_at IS NULL`,
      values: [organizationId, instanceId, role],
    });
  }

  allCurrent(organizationId: string, instanceId: string): Promise<CurrentAssignment[]> {
    return this.sql.rows({
      name: 'lab-assignments-all-current',
      text: `SELECT a.role, a.model_id, a.model_name, a.model_version, m.sha256
             FROM lab_assignments a
             LEFT JOIN lab_models m ON m.id = a.model_id AND m.organization_id = a.organization_id
             WHERE a.organization_id = $1 AND a.instance_id = $2 AND a.ended_at IS NULL`,
      values: [organizationId, instanceId],
    });
  }

  /** Instances that a model judges now, in whatever role. */
  async instancesOf(organizationId: string, modelId: string, limit: number): Promise<string[]> {
    const rows = await this.sql.rows<{ instance_id: string }>({
      name: 'lab-assignments-instances-of',
      text: `SELECT DISTINCT instance_id FROM lab_assignments
             WHERE organization_id = $1 AND model_id = $2 AND ended_at IS NULL ORDER BY 1 LIMIT $3`,
      values: [organizationId, modelId, limit],
    });
    return rows.map((row) => row.instance_id);
  }

  async insert(organizationId: string, row: AssignmentRow): Promise<void> {
    await this.sql.execute({
      name: 'lab-assignments-insert',
      text: `INSERT INTO lab_assignments (organization_id, id, created_at, instance_id, role, model_id, model_name,
               model_version, created_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values: [
        organizationId,
        row.id,
        row.created_at,
        row.instance_id,
        row.role,
        row.model_id,
        row.model_name,
        row.model_version,
        row.created_by,
      ],
    });
  }

  async end(organizationId: string, id: string, by: string, now: Date): Promise<void> {
    await this.sql.execute({
      name: 'lab-assignments-end',
      text: `UPDATE lab_assignments SET ended_at = $3, ended_by = $4 WHERE organization_id = $1 AND id = $2`,
      values: [organizationId, id, now, by],
    });
  }

  /** Newest first, those before `before`. */
  list(
    organizationId: string,
    instanceId: string,
    role: AssignmentRole | undefined,
    before: string,
    limit: number,
  ): Promise<AssignmentRow[]> {
    return this.sql.rows({
      name: 'lab-assignments-list',
      text: `SELECT ${COLUMNS} FROM lab_assignments
             WHERE organization_id = $1 AND instance_id = $2 AND ($3::text IS NULL OR role = $3) AND id < $4
             ORDER BY id DESC LIMIT $5`,
      values: [organizationId, instanceId, role ?? null, before, limit],
    });
  }
}
