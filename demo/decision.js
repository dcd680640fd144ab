// @ts-check
import { decisionOf, say, styled, table } from './print.js';

const RANKED_SHOWN = 8;
const REASONS_SHOWN = 4;
const COLUMNS = ['rank', 'type', 'zone', 'price', 'crash', 'yield', 'verdict'];
const NUMBERS = new Set([0, 3, 4, 5]);

/**
 * @typedef {object} Candidate
 * @property {number | null} rank
 * @property {boolean} is_current
 * @property {string} instance_type
 * @property {string} availability_zone
 * @property {string} spot_price
 * @property {number | null} crash_probability
 * @property {number | null} yield_score
 * @property {{ stage: string, reason: string }} [rejected]
 *
 * @typedef {{ spot_price: string, on_demand_price: string, monthly: string, percent: string }} Savings
 *
 * @typedef {object} Evaluation
 * @property {string} decision
 * @property {string} reason
 * @property {Candidate | null} selected
 * @property {Candidate[]} candidates
 * @property {Savings} savings
 * @property {number} execution_time_ms
 */

/** @param {Evaluation} evaluation */
export function printDecision({ decision, reason, selected, candidates, execution_time_ms }) {
  say(`\n  ${decisionOf(decision)}  ${reason} ${styled('gray', `(${execution_time_ms.toFixed(1)} ms)`)}\n`);
  const ranked = candidates.filter(({ rank }) => rank !== null);
  const rejected = candidates.filter(({ rank }) => rank === null);
  const current = candidates.filter(({ is_current }) => is_current);
  const shown = new Set([
    ...ranked.slice(0, RANKED_SHOWN),
    ...onePerReason(rejected).slice(0, REASONS_SHOWN),
    ...current,
  ]);
  table(
    COLUMNS,
    candidates.filter((one) => shown.has(one)).map((one) => rowOf(one, selected)),
    NUMBERS,
  );
  const more = candidates.length - shown.size;
  if (more > 0)
    say(styled('gray', `  and ${more} more: ${ranked.length} ranked, ${rejected.length} rejected in all`));
}

/** @param {readonly Candidate[]} rejected */
function onePerReason(rejected) {
  const first = new Map(rejected.toReversed().map((one) => [one.rejected?.reason, one]));
  return rejected.filter((one) => first.get(one.rejected?.reason) === one);
}

/**
 * @param {Candidate} candidate
 * @param {Candidate | null} selected
 * @returns {{ cells: string[], style?: import('./print.js').Style }}
 */
function rowOf(candidate, selected) {
  const isSelected = selected !== null && selected.rank === candidate.rank && candidate.rank !== null;
  const { rank, is_current, rejected, crash_probability: crash, yield_score: score } = candidate;
  const verdict =
    rejected === undefined ? (isSelected ? 'selected' : 'ranked') : `${rejected.stage}: ${rejected.reason}`;
  const cells = [
    rank === null ? '-' : String(rank),
    candidate.instance_type,
    candidate.availability_zone,
    `$${candidate.spot_price}`,
    crash === null ? '-' : crash.toFixed(3),
    score === null ? '-' : score.toFixed(1),
    is_current ? `current, ${verdict}` : verdict,
  ];
  if (isSelected) return { cells, style: 'green' };
  return rejected === undefined ? { cells } : { cells, style: 'gray' };
}

/** @param {Savings} savings */
export function printSavings({ spot_price, on_demand_price, monthly, percent }) {
  say(
    `  Savings: $${spot_price} an hour instead of $${on_demand_price} on demand, ` +
      `${styled(['bold', 'green'], `${percent} %, $${monthly} a month`)}`,
  );
}
