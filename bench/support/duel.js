// @ts-check
import { spread } from './statistics.js';

/** Set `BENCH_ROUNDS` or `BENCH_SECONDS` for longer or shorter runs. */
export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
export const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const WARM_UP_ROUNDS = 1;

/**
 * @typedef {import('./load.js').Measurement} Measurement
 * @typedef {import('./statistics.js').Spread} Spread
 */

/**
 * Measures the sides in turn, round after round, so that whatever else the machine
 * does falls on all of them.
 *
 * @template {string} Side
 * @param {Record<Side, () => Promise<Measurement>>} sides
 * @param {number} [count] of rounds
 * @returns {Promise<Record<Side, Measurement[]>>} one measurement a round.
 */
export async function inTurn(sides, count = ROUNDS) {
  const names = /** @type {Side[]} */ (Object.keys(sides));
  const rounds = /** @type {Record<Side, Measurement[]>} */ (
    Object.fromEntries(names.map((name) => [name, []]))
  );
  for (let round = -WARM_UP_ROUNDS; round < count; round++) {
    for (const name of names) {
      const measurement = await sides[name]();
      if (round >= 0) rounds[name].push(measurement);
      const note = round < 0 ? 'warm-up' : `round ${round + 1}`;
      const { perSecond, cpuMicroseconds } = measurement;
      console.log(
        `${note.padEnd(9)} ${name.padEnd(28)} ${perSecond.toFixed(0).padStart(7)}/s ` +
          `${cpuMicroseconds.toFixed(1).padStart(7)} us CPU`,
      );
    }
  }
  return rounds;
}

/**
 * @param {readonly Measurement[]} ours
 * @param {readonly Measurement[]} theirs
 * @returns {Spread} of our throughput over theirs, round by round.
 */
export function throughputRatio(ours, theirs) {
  return spread(ours.map((one, i) => one.perSecond / (theirs[i]?.perSecond ?? NaN)));
}

/**
 * @param {readonly Measurement[]} ours
 * @param {readonly Measurement[]} theirs
 * @returns {Spread} of their CPU time a request, or a MiB, over ours: what the ratio of throughputs
 *   would be on a machine that does nothing else.
 */
export function cpuRatio(ours, theirs) {
  return spread(ours.map((one, i) => (theirs[i]?.cpuMicroseconds ?? NaN) / one.cpuMicroseconds));
}

/**
 * @param {Record<string, readonly Measurement[]>} rounds
 * @param {string} [unit] what was counted
 * @returns {Record<string, Record<string, Spread>>}
 */
export function absolutes(rounds, unit = 'request') {
  return Object.fromEntries(
    Object.entries(rounds).map(([name, measurements]) => [
      name,
      {
        [`${unit}s_per_second`]: spread(measurements.map((one) => one.perSecond)),
        [`cpu_us_per_${unit}`]: spread(measurements.map((one) => one.cpuMicroseconds)),
      },
    ]),
  );
}
