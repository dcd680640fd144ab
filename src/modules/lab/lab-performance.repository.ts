import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** How often predictions were right; `brier_score` is null where no outcome is known. */
export interface Tally {
  readonly predictions: number;
  readonly observed: number;
  readonly true_positives: number;
  readonly false_positives: number;
  readonly false_negatives: number;
  readonly true_negatives: number;
  readonly brier_score: number | null;
}

export interface PerformanceFilters {
  readonly instance_id?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** Of rows `(p, gate, interrupted)`: above the gate, which rejects a pool, a prediction means an interruption. */
const TALLY = `
  count(*)::int AS predictions,
  count(interrupted)::int AS observed,
  count(*) FILTER (WHERE interrupted AND p > gate)::int AS true_positives,
  count(*) FILTER (WHERE NOT interrupted AND p > gate)::int AS false_positives,
  count(*) FILTER (WHERE interrupted AND p <= gate)::int AS false_negatives,
  count(*) FILTER (WHERE NOT interrupted AND p <= gate)::int AS true_negatives,
  avg((p - interrupted::int) ^ 2) AS brier_score`;

@Injectable()
export class LabPerformanceRepository {
  constructor(private readonly sql: Sql) {}

  /** All predictions of a model, whether they decided or were made beside. */
  async tally(organizationId: string, modelId: string, filters: PerformanceFilters): Promise<Tally> {
    const { values, conditions } = narrowed([organizationId, modelId], filters);
    const row = await this.sql.row<Tally>({
      text: `SELECT ${TALLY} FROM (
               SELECT crash_probability AS p, max_crash_probability AS gate, interrupted FROM lab_experiments
               WHERE organization_id = $1 AND model_id = $2 ${conditions}
               UNION ALL
               SELECT challenger_probability, max_crash_probability, interrupted FROM lab_experiments
               WHERE organization_id = $1 AND challenger_id = $2 AND challenger_probability IS NOT NULL ${conditions}
             ) AS predicted`,
      values,
    });
    return row ?? NOTHING;
  }

  /** How often a model was asked and failed, in either role. */
  async countFailures(organizationId: string, modelId: string, filters: PerformanceFilters): Promise<number> {
    const { values, conditions } = narrowed([organizationId, modelId], filters);
    const row = await this.sql.row<{ count: number }>({
      text: `SELECT (SELECT count(*) FROM lab_experiments
                     WHERE organization_id = $1 AND failed_model_id = $2 ${conditions})::int
                  + (SELECT count(*) FROM lab_experiments
                     WHERE organization_id = $1 AND challenger_id = $2 AND challenger_probability IS NULL ${conditions})::int
                  AS count`,
      values,
    });
    return row?.count ?? 0;
  }

  /** Of two models over the very experiments that both of them judged. */
  async compare(
    organizationId: string,
    modelA: string,
    modelB: string,
    filters: PerformanceFilters,
  ): Promise<{ a: Tally; b: Tally }> {
    const { values, conditions } = narrowed([organizationId, modelA, modelB], filters);
    const rows = await this.sql.rows<Tally & { side: 'a' | 'b' }>({
      text: `SELECT side, ${TALLY} FROM lab_experiments, LATERAL (VALUES
               ('a', CASE model_id WHEN $2 THEN crash_probability ELSE challenger_probability END),
               ('b', CASE model_id WHEN $3 THEN crash_probability ELSE challenger_probability END)
             ) AS predicted (side, p), LATERAL (SELECT max_crash_probability AS gate) AS gates
             WHERE organization_id = $1 AND model_id IN ($2, $3) AND challenger_id IN ($2, $3)
               AND challenger_id <> model_id AND challenger_probability IS NOT NULL ${conditions}
             GROUP BY side`,
      values,
    });
    const of = (side: string): Tally => {
      const { side: _, ...tally } = rows.find((row) => row.side === side) ?? { side, ...NOTHING };
      return tally;
    };
    return { a: of('a'), b: of('b') };
  }
}

const NOTHING: Tally = {
  predictions: 0,
  observed: 0,
  true_positives: 0,
  false_positives: 0,
  false_negatives: 0,
  true_negatives: 0,
  brier_score: null,
};

function narrowed(values: unknown[], { instance_id, from, to }: PerformanceFilters) {
  const conditions: string[] = [];
  const narrow = (condition: string, value: unknown) => {
    if (value !== undefined) conditions.push(`AND ${condition}${String(values.push(value))}`);
  };
  narrow('instance_id = $', instance_id);
  narrow('created_at >= $', from);
  narrow('created_at < $', to);
  return { values, conditions: conditions.join(' ') };
}
