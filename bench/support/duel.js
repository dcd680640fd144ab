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
 * @returns {Promise<Record<Side, Measurement[]>>} one measurement a round.
 */
export async function inTurn(sides) {
  const names = /** @type {Side[]} */ (Object.keys(sides));
  const rounds = /** @type {Record<Side, Measurement[]>} */ (
    Object.fromEntries(names.map((name) => [name, []]))
  );
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const name of names) {
      const measurement = await sides[name]();
      if (round >= 0) rounds[name].push(measurement);
      const note = round < 0 ? 'warm-up' : `round ${round + 1}`;
      const { requestsPerSecond, cpuMicroseconds } = measurement;
      console.log(
        `${note.padEnd(9)} ${name.padEnd(28)} ${requestsPerSecond.toFixed(0).padStart(7)}/s ` +
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
  return spread(ours.map((one, i) => one.requestsPerSecond / (theirs[i]?.requestsPerSecond ?? NaN)));
}

/**
 * @param {readonly Measurement[]} ours
 * @param {readonly Measurement[]} theirs
 * @returns {Spread} of their CPU time a request over ours: what the ratio of throughputs
 *   would be on a machine that does nothing else.
 */
export function cpuRatio(ours, theirs) {
  return spread(ours.map((one, i) => (theirs[i]?.cpuMicroseconds ?? NaN) / one.cpuMicroseconds));
}

/**
 * @param {Record<string, readonly Measurement[]>} rounds
 * @returns {Record<string, { requests_per_second: Spread, cpu_us_per_request: Spread }>}
 */
export function absolutes(rounds) {
  return Object.fromEntries(
    Object.entries(rounds).map(([name, measurements]) => [
      name,
      {
        requests_per_second: spread(measurements.map((one) => one.requestsPerSecond)),
        cpu_us_per_request: spread(measurements.map((one) => one.cpuMicroseconds)),
      },
    ]),
  );
}
