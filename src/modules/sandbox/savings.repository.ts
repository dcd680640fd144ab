import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { SessionsOf } from './sandbox-sessions.repository.js';

export const SAVINGS_GROUPS = ['session', 'user', 'organization', 'day'] as const;
export type SavingsGroup = (typeof SAVINGS_GROUPS)[number];

/** Money in dollars as PostgreSQL's `numeric` writes it: exact. */
export interface SavingsRow {
  readonly id: string;
  readonly action_id: string;
  readonly decision: string;
  readonly spot_price: string;
  readonly on_demand_price: string;
  readonly hourly: string;
  readonly monthly: string;
  readonly percent: string;
  readonly created_at: Date;
}

export interface NewSavings extends SavingsRow {
  readonly session_id: string;
  readonly user_id: string;
  readonly organization_id: string;
}

export interface SavingsGroupRow {
  readonly key: string;
  readonly sessions: number;
  readonly evaluations: number;
  readonly spot_price: string;
  readonly on_demand_price: string;
  readonly hourly: string;
  readonly monthly: string;
  readonly percent: string;
}

const COLUMNS = 'id, action_id, decision, spot_price, on_demand_price, hourly, monthly, percent, created_at';

/** What each group is known by, and what of each session counts in it: its last evaluation, or that of each day. */
const KEYS: Readonly<Record<SavingsGroup, string>> = {
  session: 'session_id::text',
  user: 'user_id::text',
  organization: 'organization_id::text',
  day: `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
};

@Injectable()
export class SavingsRepository {
  constructor(private readonly sql: Sql) {}

  async insert(savings: NewSavings): Promise<void> {
    await this.sql.execute({
      name: 'sandbox-savings-insert',
      text: `INSERT INTO sandbox_savings
               (id, created_at, organization_id, user_id, session_id, action_id, decision,
                spot_price, on_demand_price, hourly, monthly, percent)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8::numeric, $9::numeric, $10::numeric, $11::numeric, $12::numeric)`,
      values: [
        savings.id,
        savings.created_at,
        savings.organization_id,
        savings.user_id,
        savings.session_id,
        savings.action_id,
        savings.decision,
        savings.spot_price,
        savings.on_demand_price,
        savings.hourly,
        savings.monthly,
        savings.percent,
      ],
    });
  }

  /** Newest first, those before `before`. */
  list(sessionId: string, before: string, limit: number): Promise<SavingsRow[]> {
    return this.sql.rows({
      name: 'sandbox-savings-list',
      text: `SELECT ${COLUMNS} FROM sandbox_savings WHERE session_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
      values: [sessionId, before, limit],
    });
  }

  /**
   * Sums by group, the greatest key first. Not prepared: what is asked for decides the plan.
   *
   * @param before the last key of the page before; null for the first.
   */
  grouped(
    { organizationId, userId }: SessionsOf,
    query: { group: SavingsGroup; from: Date | null; to: Date | null; before: string | null; limit: number },
  ): Promise<SavingsGroupRow[]> {
    const key = KEYS[query.group];
    return this.sql.rows({
      text: `WITH evaluated AS (
               SELECT session_id, ${key} AS key, spot_price, on_demand_price, hourly, monthly,
                      count(*) OVER of_session AS evaluations,
                      row_number() OVER (of_session ORDER BY id DESC) AS age
               FROM sandbox_savings
               WHERE organization_id = $1 AND ($2 OR user_id = $3)
                 AND ($4::timestamptz IS NULL OR created_at >= $4) AND ($5::timestamptz IS NULL OR created_at < $5)
               WINDOW of_session AS (PARTITION BY session_id, ${key}))
             SELECT key, count(*)::int AS sessions, sum(evaluations)::int AS evaluations,
                    sum(spot_price) AS spot_price, sum(on_demand_price) AS on_demand_price,
                    sum(hourly) AS hourly, sum(monthly) AS monthly,
                    round(coalesce(sum(hourly) * 100 / nullif(sum(on_demand_price), 0), 0), 2) AS percent
             FROM evaluated WHERE age = 1 AND ($6::text IS NULL OR key < $6)
             GROUP BY key ORDER BY key DESC LIMIT $7`,
      values: [organizationId, userId === null, userId, query.from, query.to, query.before, query.limit],
    });
  }
}
