// @ts-check
import { ASSUMPTIONS } from './assumptions.js';
import { limits, size } from './model.js';

/**
 * @typedef {import('./assumptions.js').Assumptions} Assumptions
 * @typedef {import('./costs.js').Costs} Costs
 * @typedef {ReturnType<typeof size>} Size
 */

/** @type {[heading: string, cell: (size: Size) => string][]} */
const COLUMNS = [
  ['users', ({ users }) => count(users)],
  ['requests/s', ({ perSecond }) => count(perSecond)],
  ['sign-ins/s', ({ signIns }) => count(signIns)],
  ['processes', ({ processes }) => count(processes)],
  ['PostgreSQL cores', ({ databaseCores }) => count(databaseCores)],
  ['connections', ({ connections }) => count(connections)],
  ['WAL MiB/s', ({ walMiBPerSecond }) => digits(walMiBPerSecond)],
  ['rows GiB/year', ({ gibPerYear }) => count(gibPerYear)],
  ['files TiB/year', ({ filesTibPerYear }) => digits(filesTibPerYear)],
];
/** @type {[heading: string, station: 'eventLoop' | 'hashing' | 'pool' | 'postgres' | 'redis'][]} */
const STATIONS = [
  ['event loop', 'eventLoop'],
  ['hashing', 'hashing'],
  ['connections', 'pool'],
  ['PostgreSQL', 'postgres'],
  ['Redis', 'redis'],
];

/**
 * What `npm run capacity` prints, as Markdown.
 *
 * @param {readonly number[]} populations
 * @param {Assumptions} assumed
 * @param {Costs} costs
 */
export function report(populations, assumed, costs) {
  const sizes = populations.map((users) => size(users, assumed, costs));
  const alone = Object.entries(limits(assumed, costs)).sort(([, a], [, b]) => a - b);
  return [
    `What one of each serves, the first limit first, ${Math.round(assumed.utilisation * 100)} % busy at the peak:`,
    table(
      ['station', 'users'],
      alone.map(([station, users]) => [station, count(users)]),
    ),
    'What a number of users needs at the peak, one primary, one region:',
    table(
      COLUMNS.map(([heading]) => heading),
      sizes.map((one) => COLUMNS.map(([, cell]) => cell(one))),
    ),
    'How busy each station is then, and how long requests wait for it, in the mean and at p99, in ms:',
    table(
      ['users', ...STATIONS.map(([heading]) => heading)],
      sizes.map((one) => [count(one.users), ...STATIONS.map(([, station]) => waited(one[station]))]),
    ),
  ].join('\n\n');
}

/** @param {Assumptions} assumed */
export function usage(assumed) {
  const lines = Object.entries(ASSUMPTIONS).map(
    ([name, [value, about]]) =>
      `  --${name} ${assumed[/** @type {keyof Assumptions} */ (name)] ?? value}`.padEnd(28) + about,
  );
  return [
    'npm run capacity -- [--users 1000,1000000] [--costs] [--write] [assumptions]',
    '  --costs says what was measured; --write puts both into docs/scaling.md.  Assumptions:',
    ...lines,
  ].join('\n');
}

/** @param {import('./queues.js').Wait} wait */
function waited({ utilisation, mean, p99 }) {
  const busy = `${Math.round(utilisation * 100)} %`;
  return Number.isFinite(mean) ? `${busy}: ${digits(mean * 1000)}, ${digits(p99 * 1000)}` : `${busy}: never`;
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const widths = head.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** @param {number} value */
const count = (value) => (value < 10 ? digits(value) : Math.round(value).toLocaleString('en-US'));
/** Two digits that mean something. @param {number} value */
const digits = (value) =>
  value === 0 || value < 0.001
    ? '0'
    : value >= 10
      ? Math.round(value).toLocaleString('en-US')
      : String(Number(value.toPrecision(2)));

/**
 * What one request costs, of each kind, as Markdown.
 *
 * @param {Costs} costs
 */
export function costTable({ kinds }) {
  const names = /** @type {(keyof Costs['kinds'])[]} */ (Object.keys(kinds));
  return table(
    ['request', 'ours, us', 'PostgreSQL, us', 'statements', 'WAL bytes', 'measured by'],
    names.map((name) => {
      const { own, postgres, statements, wal, source } = kinds[name];
      return [ABOUT[name], count(own * 1e6), count(postgres * 1e6), digits(statements), count(wal), source];
    }),
  );
}

const ABOUT = {
  known: 'a known caller reads what is known',
  list: 'a list of 50',
  change: 'a change with its audit row',
  upload: 'an upload of 1 KiB',
  link: 'a signed link opened',
  refresh: 'a refresh',
  login: 'a sign-in, but for its hash',
};
