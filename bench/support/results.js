// @ts-check
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../results/', import.meta.url);

/**
 * @typedef {import('./statistics.js').Spread} Spread
 * @typedef {{ goal: string, isMet: (value: number) => boolean }} Goal
 */

/** @param {number} least @returns {Goal} */
export const atLeast = (least) => ({ goal: `>= ${least}`, isMet: (value) => value >= least });

/** @param {number} most @returns {Goal} */
export const atMost = (most) => ({ goal: `<= ${most}`, isMet: (value) => value <= most });

/**
 * Prints what was found and writes `bench/results/<name>.json`, which keeps the last run on each major version of Node.
 *
 * @param {string} name
 * @param {Record<string, { value: Spread, goal?: Goal }>} figures what has a goal, and what is told beside it.
 * @param {{ absolute: unknown, notes: readonly string[] }} details
 */
export function publish(name, figures, { absolute, notes }) {
  console.log(`\n${name}, Node ${process.version}`);
  const results = Object.entries(figures).map(([what, { value, goal }]) => {
    const verdict = goal === undefined ? {} : { goal: goal.goal, met: goal.isMet(value.median) };
    const told = 'met' in verdict ? ` (goal ${verdict.goal}: ${verdict.met ? 'met' : 'MISSED'})` : '';
    console.log(`  ${what}: ${value.median}, ${value.least} to ${value.most}${told}`);
    return [what, { ...value, ...verdict }];
  });
  const result = {
    date: new Date().toISOString(),
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    figures: Object.fromEntries(results),
    absolute,
    notes,
  };
  mkdirSync(FOLDER, { recursive: true });
  const file = fileURLToPath(new URL(`${name}.json`, FOLDER));
  const major = `node${process.versions.node.split('.')[0]}`;
  writeFileSync(
    file,
    `${JSON.stringify({ name, runs: { ...earlierRuns(file), [major]: result } }, null, 2)}\n`,
  );
  console.log(`  ${file}`);
}

/**
 * @param {string} file
 * @returns {Record<string, unknown>} the last run on each major version of Node.
 */
function earlierRuns(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).runs : {};
}
