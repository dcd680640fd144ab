import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, LINES } from '../../attack/lines.js';
import { ROOT } from './source-tree.js';

/** `docs/security.md` says which attack is tested where; these keep it true. */
const ROW = /^\| (\d+) +\| (.+?) +\| \[.+?\]\(\.\.\/(test\/e2e\/attacks\/.+?)\) +\| (yes|no) +\|$/gm;
const rows = [...readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8').matchAll(ROW)].map(
  ([, line, title, file, outside]) => ({ line: Number(line), title, file, outside }),
);

/** The lines that some file of a folder attacks. */
function attackedIn(...folder: string[]): number[] {
  const texts = readdirSync(join(ROOT, ...folder)).map((name) =>
    readFileSync(join(ROOT, ...folder, name), 'utf8'),
  );
  const lines = texts.flatMap((text) =>
    [...text.matchAll(/^ +line: (\d+),$/gm)].map(([, line]) => Number(line)),
  );
  return [...new Set(lines)].sort((a, b) => a - b);
}

const outside = attackedIn('attack', 'attacks');
const inside = attackedIn('test', 'e2e', 'attacks');

it('every line that is attacked is in the table, and every one of the table is attacked', () => {
  const all = [...new Set([...outside, ...inside])].sort((a, b) => a - b);
  expect(rows.map(({ line }) => line)).toEqual(all);
});

it.each(rows)(
  'line $line is called as the attack is, tested where the table says, and so from outside',
  (row) => {
    expect(row.title).toBe(LINES[row.line]?.title);
    expect(existsSync(join(ROOT, row.file ?? ''))).toBe(true);
    expect(row.outside).toBe(outside.includes(row.line) ? 'yes' : 'no');
  },
);

it('every source leads somewhere', () => {
  const sources = Object.values(LINES).flatMap((line) => line.sources);
  expect(sources.map(addressOf).filter((address) => !URL.canParse(address))).toEqual([]);
});
