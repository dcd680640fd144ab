import type { QueryRunner } from 'typeorm';
import { dataSourceOptions, loadMigrations } from './data-source.js';
import { appliedMigrations, openDataSource } from './migrate.js';
import {
  indexMadeBy,
  lockOf,
  LOCK_MODES,
  tableMadeBy,
  type LockMode,
  type StatementLock,
} from './statement-locks.js';

export interface PlannedStatement extends StatementLock {
  readonly sql: string;
}

export interface PlannedMigration {
  readonly name: string;
  readonly statements: readonly PlannedStatement[];
}

type Migration = Awaited<ReturnType<typeof loadMigrations>>[number];

const WHO_WAITS: Record<LockMode, string> = {
  none: 'nobody waits',
  'ACCESS SHARE': 'nobody waits',
  'ROW SHARE': 'nobody waits',
  'ROW EXCLUSIVE': 'nobody waits but for the same rows',
  'SHARE UPDATE EXCLUSIVE': 'reads and writes go on',
  SHARE: 'writes wait',
  'SHARE ROW EXCLUSIVE': 'writes wait',
  EXCLUSIVE: 'writes wait',
  'ACCESS EXCLUSIVE': 'reads and writes wait',
};

/**
 * The SQL of the migrations that are still to run and what each statement locks, as SQL with remarks. Runs none.
 *
 * @throws StartupError when the server can't be reached.
 */
export async function describePending(url: string): Promise<string> {
  const dataSource = await openDataSource(url, dataSourceOptions(url, 1));
  try {
    const applied = new Set(await appliedMigrations(dataSource));
    const all = await planAll();
    return describe(all.filter(({ name }) => !applied.has(name)));
  } finally {
    await dataSource.destroy();
  }
}

/** What all migrations there are would run, the first one first. @throws Error as `planOf`. */
export async function planAll(): Promise<PlannedMigration[]> {
  const tables = new Map<string, string>();
  const planned: PlannedMigration[] = [];
  for (const migration of await loadMigrations()) planned.push(await planOf(migration, tables));
  return planned;
}

/**
 * What a migration would run.
 *
 * @param tablesOfIndexes as the migrations before made them; gets those that this one makes.
 * @throws Error when it asks the database for anything but running SQL.
 */
export async function planOf(
  migration: Migration,
  tablesOfIndexes = new Map<string, string>(),
): Promise<PlannedMigration> {
  const sqls: string[] = [];
  const recorder = new Proxy({} as QueryRunner, {
    get(_, property) {
      if (property === 'query') return (sql: string) => Promise.resolve(void sqls.push(sql));
      throw new Error(`${migration.name} can't be planned: it uses ${String(property)} of the query runner`);
    },
  });
  await new migration().up(recorder);
  const made = new Set<string | null>();
  const statements = sqls.map((sql) => {
    const lock = lockOf(
      sql,
      (table) => made.has(table),
      (index) => tablesOfIndexes.get(index) ?? index,
    );
    made.add(tableMadeBy(sql));
    const index = indexMadeBy(sql);
    if (index !== null) tablesOfIndexes.set(index.index, index.table);
    return { sql, ...lock };
  });
  return { name: migration.name, statements };
}

function describe(pending: readonly PlannedMigration[]): string {
  if (pending.length === 0) return 'The schema is up to date.';
  const all = pending.flatMap(({ statements }) => statements);
  const strongest = Math.max(...all.map(({ mode }) => LOCK_MODES.indexOf(mode)));
  const mode = LOCK_MODES[strongest] ?? 'none';
  const tables = new Set(all.filter((one) => one.mode === mode).flatMap((one) => one.tables));
  const on = tables.size === 0 ? '' : ` on ${[...tables].join(', ')}`;
  return [
    ...pending.flatMap(({ name, statements }) => [`-- ${name}`, ...statements.map(describeStatement)]),
    `-- ${pending.length} to run, each in a transaction. Strongest lock: ${mode}${on}: ${WHO_WAITS[mode]}.`,
  ].join('\n');
}

function describeStatement({ sql, mode, tables }: PlannedStatement): string {
  const on = tables.length === 0 ? '' : ` on ${tables.join(', ')}`;
  return `-- lock: ${mode}${on}${mode === 'none' ? '' : ` (${WHO_WAITS[mode]})`}\n${sql.trim()};\n`;
}
