import { tableMadeBy } from '../../src/database/statement-locks.js';

/** An action of an ALTER TABLE. What tightens what may be written, a new constraint say, only a run can tell. */
const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [
    /^DROP (?!CONSTRAINT\b|NOT NULL\b|DEFAULT\b|IDENTITY\b|EXPRESSION\b)(COLUMN )?/,
    'drops a column, which old code reads and writes',
  ],
  [/^RENAME (?!CONSTRAINT\b)/, 'renames what old code names'],
  [/^SET SCHEMA\b/, 'renames what old code names'],
  [
    /^ADD (?!CONSTRAINT\b|PRIMARY KEY\b|UNIQUE\b|CHECK\b|FOREIGN KEY\b|EXCLUDE\b)(?!.*\b(DEFAULT|GENERATED)\b).*\bNOT NULL\b/,
    'adds a column that old code would leave empty, which is refused',
  ],
  [/^ALTER (COLUMN )?\S+ SET NOT NULL\b/, 'demands a value that old code may not give'],
  [/^ALTER (COLUMN )?\S+ DROP DEFAULT\b/, 'drops a default that old code relies on'],
  [/^ALTER (COLUMN )?\S+ (SET DATA )?TYPE (?!TEXT\b)/, 'changes a type that old code reads and writes'],
];
const DROPS = /^DROP (TABLE|VIEW|MATERIALIZED VIEW|SEQUENCE|TYPE|DOMAIN|FUNCTION|SCHEMA)\b/;
const RENAMES = /^ALTER (?!TABLE\b|INDEX\b|POLICY\b|TRIGGER\b).* (RENAME|SET SCHEMA)\b/;
const ALTERS = /^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\S+) (.*)$/;

/** What in the statements of a migration would break the code that does not know it; nothing where it may go on. */
export function contractionsOf(statements: readonly string[]): string[] {
  const made = new Set<string>();
  return statements.flatMap((sql) => {
    const table = tableMadeBy(sql);
    if (table !== null) made.add(table.toUpperCase());
    return reasonsIn(words(sql), made).map((reason) => `${sql.trim()}: ${reason}`);
  });
}

function reasonsIn(statement: string, made: Set<string>): string[] {
  if (/^DO\b/.test(statement)) return ['can not be read'];
  const dropped = DROPS.exec(statement)?.[1];
  if (dropped !== undefined) return [`drops a ${dropped.toLowerCase()}`];
  if (RENAMES.test(statement)) return ['renames what old code names'];
  const [, table = '', actions = ''] = ALTERS.exec(statement) ?? [];
  if (made.has(table)) {
    const renamed = /^RENAME TO (\S+)/.exec(actions)?.[1];
    if (renamed !== undefined) made.add(renamed);
    return [];
  }
  return actions
    .split(', ')
    .flatMap((action) => ACTIONS.filter(([form]) => form.test(action.trim())).map(([, why]) => why));
}

/** In capitals, between single spaces; without strings, nor what stands in parentheses. */
function words(sql: string): string {
  let text = sql.replaceAll(/'(?:[^']|'')*'/g, "''");
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replaceAll(/\([^()]*\)/g, '');
  }
  return text.replaceAll('"', '').replaceAll(/\s+/g, ' ').replaceAll(/ ?, ?/g, ', ').trim().toUpperCase();
}
