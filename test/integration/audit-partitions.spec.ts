import { migrate, revertLast } from '../../src/database/migrate.js';
import { TestDatabase } from '../support/database.js';

const PARTITIONED = 'PartitionAuditLogs1795219280000';

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.createEmpty();
  await migrate(database.url);
});
afterAll(() => database.drop());

const trail = () => database.query<{ row: string }>('SELECT a::text AS row FROM audit_logs a ORDER BY id');

async function revertPartitions(): Promise<void> {
  while ((await revertLast(database.url)) !== PARTITIONED);
}

it('a trail is partitioned by its months and put together again without losing a row', async () => {
  await revertPartitions();
  await database.query(
    `INSERT INTO audit_logs (id, created_at, organization_id, user_id, action, resource, details, ip)
     SELECT CASE n % 10 WHEN 0 THEN gen_random_uuid() ELSE uuidv7(-make_interval(days => n)) END,
       now() - make_interval(days => n), gen_random_uuid(), NULL, 'old', 'x', '{"n": 1}', '192.0.2.1'
     FROM generate_series(1, 400) AS n`,
  );
  const before = await trail();
  await migrate(database.url);
  expect(await trail()).toEqual(before);
  const partitions = await database.query<{ name: string; rows: number }>(
    `SELECT tableoid::regclass::text AS name, count(*)::int AS rows FROM audit_logs GROUP BY 1`,
  );
  expect(partitions.length).toBeGreaterThanOrEqual(14);
  await revertPartitions();
  expect(await trail()).toEqual(before);
  const left = await database.query(
    `SELECT FROM pg_class WHERE relname LIKE 'audit_logs_20%' AND relkind = 'r'`,
  );
  expect(left).toEqual([]);
});
