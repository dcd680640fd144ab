// @ts-check
import { styleText } from 'node:util';

const { stdout, env } = process;
// https://no-color.org: any value but the empty one.
const isColoured = stdout.isTTY === true && !env.NO_COLOR;

/** @typedef {Parameters<typeof styleText>[0]} Style */

/**
 * @param {Style} style
 * @param {string} text
 */
export const styled = (style, text) => (isColoured ? styleText(style, text) : text);

/** @param {string} [text] */
export const say = (text = '') => void stdout.write(`${text}\n`);

/** @param {string} text */
export const heading = (text) => say(`\n${styled('bold', text)}`);

/** @type {Readonly<Record<string, Extract<Style, string>>>} */
const STYLES = {
  SCRAPER: 'blue',
  FILTER: 'cyan',
  RISK: 'magenta',
  OPTIMIZER: 'green',
  SIGNAL: 'yellow',
  ACTUATOR: 'white',
  SYSTEM: 'gray',
  debug: 'gray',
  warn: 'yellow',
  error: 'red',
  STAY: 'green',
  SWITCH: 'blue',
  DRAIN: 'yellow',
  EVACUATE: 'red',
};

/** @param {{ seq: number, log_type: string, level: string, message: string }} line */
export function logLine({ seq, log_type, level, message }) {
  const type = styled(STYLES[log_type] ?? 'white', log_type.padEnd(9));
  say(`  ${styled('gray', String(seq).padStart(3))} ${type} ${styled(STYLES[level] ?? 'reset', message)}`);
}

/** @param {string} decision */
export const decisionOf = (decision) => styled(['bold', STYLES[decision] ?? 'reset'], decision);

/**
 * @param {readonly string[]} titles
 * @param {readonly { cells: readonly string[], style?: Style }[]} rows
 * @param {ReadonlySet<number>} numbers the columns that are, and so end alike.
 */
export function table(titles, rows, numbers) {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  /** @param {readonly string[]} cells */
  const lineOf = (cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numbers.has(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  say(`  ${styled('dim', lineOf(titles))}`);
  for (const { cells, style } of rows)
    say(`  ${style === undefined ? lineOf(cells) : styled(style, lineOf(cells))}`);
}
