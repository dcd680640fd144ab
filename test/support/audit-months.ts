import type { Trail } from './audit-chain.js';

const DAY = 24 * 60 * 60;

/** Rows of that many days ago. */
export async function rowsOf(trail: Trail, daysAgo: number, count: number): Promise<void> {
  await trail.tamper(
    `INSERT INTO audit_logs (id, created_at, organization_id, action, resource, details)
     SELECT uuidv7(-make_interval(secs => $2 - n)), now() - make_interval(secs => $2 - n), $1, 'old', 'old:' || n, '{}'
     FROM generate_series(1, $3) AS n`,
    [daysAgo * DAY, count],
  );
}

/** The partitions as they would be had the server run for half a year. */
export async function halfAYearOfPartitions(trail: Trail): Promise<void> {
  const { database } = trail.app;
  for (const { name } of await trail.rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class JOIN pg_inherits ON inhrelid = oid
     WHERE inhparent = 'audit_logs'::regclass AND $1::uuid IS NOT NULL`,
  ))
    await database.query(`DROP TABLE ${name}`);
  await database.query(
    `SELECT start_audit_partitions(now() - interval '6 months', now() + interval '3 months')`,
  );
}
