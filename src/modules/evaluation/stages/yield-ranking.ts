import { found, nameOf, type Candidate, type PipelineStage } from '../decision-context.js';
import { Money } from '../money.js';

interface Priced {
  readonly candidate: Candidate;
  readonly totalCost: Money;
  /** The same as a float, for shares. */
  readonly cost: number;
}

/**
 * total cost = spot price + waste; yield score = 100 x (1 - cost / max cost) x (1 - crash probability),
 * best first. The max cost is that of the dearest candidate; one alone is held against its on-demand price.
 */
export const yieldRanking: PipelineStage = {
  name: 'yield_ranking',
  logType: 'OPTIMIZER',
  isOn: () => true,
  run({ candidates }) {
    const priced = candidates.map(pricedOf);
    const most = maxCostOf(priced);
    const ranked = priced.map((one) => scored(one, most)).sort(byYield);
    const [best] = ranked;
    return {
      changes: { candidates: ranked },
      log:
        best === undefined
          ? [{ level: 'warn', message: 'No pool is left to rank' }]
          : [
              {
                level: 'info',
                message: `Best of ${ranked.length}: ${nameOf(best.pool)}`,
                data: numbersOf(best),
              },
            ],
    };
  },
};

function pricedOf(candidate: Candidate): Priced {
  const price = new Money(candidate.pool.spotPrice);
  const totalCost = candidate.waste === null ? price : price.plus(candidate.waste);
  return { candidate, totalCost, cost: totalCost.toNumber() };
}

function maxCostOf(priced: readonly Priced[]): number {
  const [first, second] = priced;
  if (first === undefined) return 0;
  if (second === undefined) return Math.max(Number(first.candidate.pool.onDemandPrice), first.cost);
  return priced.reduce((most, { cost }) => Math.max(most, cost), 0);
}

/** A score is no money: its shares are floats. */
function scored({ candidate, totalCost, cost }: Priced, maxCost: number): Candidate {
  const { crashProbability } = found(candidate.risk);
  const costShare = maxCost > 0 ? cost / maxCost : 1;
  return { ...candidate, totalCost, yieldScore: 100 * (1 - costShare) * (1 - crashProbability) };
}

/** Of equal scores the safer, then the cheaper, then by name, so that the order never depends on the market's. */
function byYield(a: Candidate, b: Candidate): number {
  return (
    found(b.yieldScore) - found(a.yieldScore) ||
    found(a.risk).crashProbability - found(b.risk).crashProbability ||
    found(a.totalCost).comparedTo(found(b.totalCost)) ||
    (nameOf(a.pool) < nameOf(b.pool) ? -1 : 1)
  );
}

function numbersOf({ risk, totalCost, yieldScore }: Candidate): Record<string, unknown> {
  return {
    yield_score: yieldScore,
    total_cost: totalCost?.toFixed(),
    crash_probability: risk?.crashProbability,
  };
}
