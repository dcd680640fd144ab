/** The strongest lock that a statement takes on a table others may be using. */
export interface StatementLock {
  readonly mode: LockMode;
  /** As the statement writes them; none where it names no table that was there before. */
  readonly tables: readonly string[];
}

/** PostgreSQL's table-level locks (manual, 13.3.1), weakest first. */
export const LOCK_MODES = [
  'none',
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;
export type LockMode = (typeof LOCK_MODES)[number];

interface Rule {
  readonly form: RegExp;
  readonly mode: LockMode;
}

const NAME = String.raw`(?:ONLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"?(?<table>[\w.]+)"?`;
const form = (text: string) =>
  new RegExp(`^${text.replaceAll(' ', String.raw`\s+`).replace('NAME', NAME)}`, 'i');

/** What the manual's page of each command says of its lock; the first form that fits holds. */
const RULES: readonly Rule[] = [
  { form: form('CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?:[^]*? )?ON NAME'), mode: 'SHARE UPDATE EXCLUSIVE' },
  { form: form('CREATE (?:UNIQUE )?INDEX (?:[^]*? )?ON NAME'), mode: 'SHARE' },
  { form: form('CREATE (?:CONSTRAINT )?TRIGGER [^]*? ON NAME'), mode: 'SHARE ROW EXCLUSIVE' },
  { form: form('ALTER TABLE NAME VALIDATE CONSTRAINT'), mode: 'SHARE UPDATE EXCLUSIVE' },
  { form: form('ALTER TABLE NAME ATTACH PARTITION'), mode: 'SHARE UPDATE EXCLUSIVE' },
  {
    form: form(String.raw`ALTER TABLE NAME ADD (?:CONSTRAINT "?\w+"? )?FOREIGN KEY`),
    mode: 'SHARE ROW EXCLUSIVE',
  },
  { form: form('ALTER TABLE NAME'), mode: 'ACCESS EXCLUSIVE' },
  { form: form('(?:CREATE|ALTER|DROP) POLICY [^]*? ON NAME'), mode: 'ACCESS EXCLUSIVE' },
  { form: form('DROP TRIGGER [^]*? ON NAME'), mode: 'ACCESS EXCLUSIVE' },
  { form: form('DROP (?:TABLE|INDEX) NAME'), mode: 'ACCESS EXCLUSIVE' },
  { form: form('(?:TRUNCATE|LOCK)(?: TABLE)? NAME'), mode: 'ACCESS EXCLUSIVE' },
  { form: form('(?:INSERT INTO|UPDATE|DELETE FROM) NAME'), mode: 'ROW EXCLUSIVE' },
  { form: form('COMMENT ON (?:TABLE|COLUMN) NAME'), mode: 'SHARE UPDATE EXCLUSIVE' },
];

const CREATES_TABLE = form('CREATE TABLE NAME');
const CREATES_INDEX = form(
  String.raw`CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?"?(?<index>\w+)"? ON NAME`,
);
const DROPS_INDEX = form('DROP INDEX NAME');
const PARTITION_OF = /\bPARTITION\s+OF\s+"?(?<table>[\w.]+)"?/i;
const REFERENCES = /\bREFERENCES\s+"?([\w.]+)"?/gi;
const TOUCHES_NO_TABLE =
  /^(?:(?:CREATE|DROP|ALTER)\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|TYPE|SEQUENCE|EXTENSION|SCHEMA)|SET|SELECT|GRANT|REVOKE)\b/i;

/**
 * Reads a statement of a migration. Of a form it does not know it says the worst.
 *
 * @param isNew whether a table was made by the same migration, so that nobody waits for it.
 * @param tableOf whose an index is, which a statement that drops it does not say.
 */
export function lockOf(
  statement: string,
  isNew: (table: string) => boolean = () => false,
  tableOf: (index: string) => string = (index) => index,
): StatementLock {
  const text = statement.trim();
  const others = (tables: string[]) => [...new Set(tables)].filter((table) => !isNew(table));
  const made = tableMadeBy(text);
  const parent = PARTITION_OF.exec(text)?.groups?.table;
  if (made !== null && parent !== undefined)
    return lockOn('ACCESS EXCLUSIVE', others([parent, ...referencesIn(text)]));
  if (made !== null)
    return lockOn('SHARE ROW EXCLUSIVE', others(referencesIn(text).filter((name) => name !== made)));
  for (const { form: shape, mode } of RULES) {
    const name = shape.exec(text)?.groups?.table;
    if (name === undefined) continue;
    const table = DROPS_INDEX.test(text) ? tableOf(name) : name;
    return lockOn(mode, others([table, ...referencesIn(text)]));
  }
  return TOUCHES_NO_TABLE.test(text) ? lockOn('none', []) : { mode: 'ACCESS EXCLUSIVE', tables: [] };
}

/** Null for a statement that makes none. */
export function tableMadeBy(statement: string): string | null {
  return CREATES_TABLE.exec(statement.trim())?.groups?.table ?? null;
}

/** Null for a statement that makes none. */
export function indexMadeBy(statement: string): { readonly index: string; readonly table: string } | null {
  const { index, table } = CREATES_INDEX.exec(statement.trim())?.groups ?? {};
  return index === undefined || table === undefined ? null : { index, table };
}

function lockOn(mode: LockMode, tables: string[]): StatementLock {
  return tables.length === 0 ? { mode: 'none', tables } : { mode, tables };
}

const referencesIn = (text: string) => [...text.matchAll(REFERENCES)].flatMap(([, table]) => table ?? []);
