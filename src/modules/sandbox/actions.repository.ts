import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

export const ACTION_KINDS = [
  'decision',
  'create_tags',
  'stop_instance',
  'terminate_instance',
  'delete_tags',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

export const ACTION_STATUSES = ['pending', 'done', 'failed', 'skipped'] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];

export interface ActionRow {
  readonly id: string;
  readonly session_id: string;
  readonly kind: ActionKind;
  readonly status: ActionStatus;
  readonly details: Record<string, unknown>;
  readonly problem: string | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

const COLUMNS = 'id, session_id, kind, status, details, problem, created_at, finished_at';

@Injectable()
export class ActionsRepository {
  constructor(private readonly sql: Sql) {}

  async insert(organizationId: string, action: Omit<ActionRow, 'problem'>): Promise<void> {
    const { id, session_id, kind, status, details, created_at, finished_at } = action;
    await this.sql.execute({
      name: 'sandbox-actions-insert',
      text: `INSERT INTO sandbox_actions
               (id, created_at, organization_id, session_id, kind, status, details, finished_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)`,
      values: [
        id,
        created_at,
        organizationId,
        session_id,
        kind,
        status,
        JSON.stringify(details),
        finished_at,
      ],
    });
  }

  /** Only what is under way: an outcome, once noted, stands. */
  async finish(id: string, status: ActionStatus, at: Date, problem: string | null): Promise<void> {
    await this.sql.execute({
      name: 'sandbox-actions-finish',
      text: `UPDATE sandbox_actions SET status = $2, finished_at = $3, problem = $4
             WHERE id = $1 AND status = 'pending'`,
      values: [id, status, at, problem],
    });
  }

  /** Newest first, those before `before`. */
  list(sessionId: string, before: string, limit: number): Promise<ActionRow[]> {
    return this.sql.rows({
      name: 'sandbox-actions-list',
      text: `SELECT ${COLUMNS} FROM sandbox_actions WHERE session_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
      values: [sessionId, before, limit],
    });
  }

  /** Whether a machine may still carry our tags: tried is enough, since the cloud may have done it without our hearing so. */
  async hasTagged(sessionId: string): Promise<boolean> {
    const row = await this.sql.row({
      text: `SELECT FROM sandbox_actions
             WHERE session_id = $1 AND kind = 'create_tags' AND status <> 'skipped' LIMIT 1`,
      values: [sessionId],
    });
    return row !== null;
  }

  pending(sessionId: string, kind: ActionKind): Promise<ActionRow[]> {
    return this.sql.rows({
      text: `SELECT ${COLUMNS} FROM sandbox_actions
             WHERE session_id = $1 AND kind = $2 AND status = 'pending' ORDER BY id`,
      values: [sessionId, kind],
    });
  }
}
