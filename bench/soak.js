// @ts-check
// `npm run soak -- --minutes 15`: mixed load on the built server, and what it acknowledged beside what it kept.
import { parseArgs } from 'node:util';
import { LOAD_CORES, pinSelf } from './support/cores.js';
import { Database } from './support/database.js';
import { atMost, publish } from './support/results.js';
import { LEAST_MINUTES, soak } from './soak/soak.js';

/** Less than this cannot be told from nothing within a quarter of an hour. */
const NEGLIGIBLE_MIB_PER_HOUR = 10;

/** @typedef {Awaited<ReturnType<typeof soak>>} Soaked */

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '15' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes} is no number of minutes`);

pinSelf(LOAD_CORES);
const database = await Database.start();
const soaked = await soak(database, minutes, (line) => console.log(inWords(line)));
await database.stop();
const { ledger, trail, access, chain } = soaked;
const lost = lostOf(soaked);

console.table(ledger.routes());
console.table(trail);
console.table(access);
for (const [where, { count, first }] of Object.entries(ledger.faults()))
  console.error(`${count} times wrong, ${where}:\n  ${first.join('\n  ')}`);
if (minutes >= LEAST_MINUTES) report(soaked);
console.log(
  `${ledger.requests} requests, ${ledger.failures} failed; ${lost} changes lost; ` +
    `chain of ${chain.checked} rows ${chain.valid ? 'holds' : 'is BROKEN'}; ${soaked.sockets} logs followed to their end`,
);
process.exit(ledger.failures + lost > 0 || !chain.valid ? 1 : 0);

/** @param {Soaked} soaked @returns {number} of changes and accesses that were acknowledged and not kept once. */
function lostOf({ trail, access }) {
  const rows = Object.values(trail).reduce((sum, row) => sum + row.lost + row.doubled, 0);
  return Object.values(access).reduce(
    (sum, { acknowledged, found }) => sum + Math.abs(acknowledged - found),
    rows,
  );
}

/** @param {number} value */
function exactly(value) {
  return { median: value, least: value, most: value };
}

/** @param {Record<string, number>} line */
function inWords(line) {
  return Object.entries(line)
    .map(([name, value]) => `${name} ${value}`)
    .join('  ');
}

/** @param {Soaked} soaked */
function report({ growth: { slope, error }, heap, cores, behind }) {
  const nearlyNone = {
    goal: `<= ${NEGLIGIBLE_MIB_PER_HOUR} or not told from 0`,
    isMet: (/** @type {number} */ value) => value <= Math.max(NEGLIGIBLE_MIB_PER_HOUR, 2 * error),
  };
  const [low, high] = [slope - 2 * error, slope + 2 * error].map((value) => Math.round(value * 10) / 10);
  const told = { median: Math.round(slope * 10) / 10, least: low ?? NaN, most: high ?? NaN };
  publish(
    'soak',
    {
      'RSS slope after warm-up, MiB/hour': { value: told, goal: nearlyNone },
      'requests that failed': { value: exactly(ledger.failures), goal: atMost(0) },
      'changes lost or told twice': { value: exactly(lost), goal: atMost(0) },
      'rows not as the chain says': { value: exactly(chain.valid ? 0 : 1), goal: atMost(0) },
      'cores busy': { value: exactly(Math.round(cores * 100) / 100) },
    },
    {
      absolute: {
        requests: ledger.requests,
        behind_ms: behind,
        routes: ledger.routes(),
        faults: ledger.faults(),
        trail,
        access,
        chain,
        heap_after_collection: heap,
        minutes: soaked.minutes,
      },
      notes: [
        `${minutes} minutes, a third of them warm-up. Server on core 0; load and PostgreSQL on core 1.`,
        'The slope is by least squares of the means of twenty pieces; its range is two standard errors.',
      ],
    },
  );
}
