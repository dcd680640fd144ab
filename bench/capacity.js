// @ts-check
// `npm run capacity -- --users 1000000 --peakFactor 6`: what so many users need, computed from what was measured.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ASSUMPTIONS, defaults } from './capacity/assumptions.js';
import { readCosts } from './capacity/costs.js';
import { costTable, report, usage } from './capacity/report.js';

const PAGE = new URL('../docs/scaling.md', import.meta.url);
/** What stands between these two on the page is what this prints. */
const MARKED = /(<!-- npm run capacity(?: -- (--costs))? -->\n\n)[^]*?(\n\n<!-- end -->)/g;
const POPULATIONS = [1_000, 10_000, 100_000, 1_000_000];

const names = /** @type {(keyof typeof ASSUMPTIONS)[]} */ (Object.keys(ASSUMPTIONS));
const options = Object.fromEntries(
  [...names, 'users'].map((name) => [name, { type: /** @type {const} */ ('string') }]),
);
const FLAG = { type: /** @type {const} */ ('boolean') };

try {
  main();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage(defaults())}`);
  process.exitCode = 2;
}

function main() {
  const { values } = parseArgs({
    options: { ...options, costs: FLAG, help: FLAG, write: FLAG },
  });
  const assumed = defaults();
  for (const name of names) if (values[name] !== undefined) assumed[name] = numberOf(name, values[name]);
  if (values.help) return console.log(usage(assumed));
  const populations =
    values.users === undefined
      ? POPULATIONS
      : String(values.users)
          .split(',')
          .map((users) => numberOf('users', users));
  const costs = readCosts();
  const printed = { costs: costTable(costs), sizes: report(populations, assumed, costs) };
  if (!values.write) return console.log(values.costs ? printed.costs : printed.sizes);
  const page = readFileSync(PAGE, 'utf8').replace(
    MARKED,
    (_, before, which, after) => before + (which === undefined ? printed.sizes : printed.costs) + after,
  );
  writeFileSync(PAGE, page);
}

/** @param {string} name @param {unknown} text */
function numberOf(name, text) {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} is to be a number above 0, not ${text}`);
  return value;
}
