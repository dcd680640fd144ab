import type { TestDatabase } from '../database.js';

/** What a mere look may leave behind: who was last seen when. */
const TRACES = ['last_seen_at', 'last_used_at', 'last_used_ip', 'usage_count'];

/** What the sender of mail writes about its work. */
const DELIVERY = [
  'status',
  'attempts',
  'due_at',
  'claimed_until',
  'finished_at',
  'last_error',
  'sealed_data',
];

/** The record of refusals grows by each, and what binds it; that of files is written a moment after; jobs run by the clock. */
const EXCEPT = ['audit_logs', 'audit_chain', 'audit_seals', 'audit_keys', 'file_access_logs', 'job_runs'];

/** The rows that are gone, new or other than before. */
export function changed(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `was ${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `is ${line}`),
  ];
}

/** Every row of every table, so that a table of tomorrow is in it by itself. */
export class Snapshots {
  private query: string | undefined;

  constructor(private readonly database: TestDatabase) {}

  /** @param mentioning only rows that name this id. */
  async take(mentioning = ''): Promise<string[]> {
    this.query ??= await this.wholeDatabase();
    const rows = await this.database.query<{ line: string }>(
      `SELECT line FROM (${this.query}) AS lines WHERE position($1 in line) > 0 ORDER BY line`,
      [mentioning],
    );
    return rows.map(({ line }) => line);
  }

  private async wholeDatabase(): Promise<string> {
    const tables = await this.database.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
         AND relname <> ALL ($1)`,
      [EXCEPT],
    );
    return tables
      .map(({ name }) => {
        const left = [...TRACES, ...(name === 'mail_outbox' ? DELIVERY : [])];
        return `SELECT '${name} ' || (to_jsonb(x) - '{${left.join(',')}}'::text[])::text AS line FROM "${name}" x`;
      })
      .join(' UNION ALL ');
  }
}
