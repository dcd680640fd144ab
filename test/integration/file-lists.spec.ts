import { jest } from '@jest/globals';
import { Client, type QueryConfig } from 'pg';
import { DEFAULT_ORGANIZATION_ID } from '../../src/common/access/organizations.js';
import { MAX_ID } from '../../src/common/crypto/ids.js';
import { Sql } from '../../src/database/sql.js';
import { FileAccessRepository } from '../../src/modules/files/file-access.repository.js';
import { FileCollectionsRepository } from '../../src/modules/files/file-collections.repository.js';
import { FilePurgeRepository } from '../../src/modules/files/file-purge.repository.js';
import { FilesRepository, type FileFilters } from '../../src/modules/files/files.repository.js';
import { TestApp } from '../support/app.js';

jest.setTimeout(120_000);

const ROWS = 60_000;
const OWNER = '01900000-0000-7000-8000-0000000000aa';
const idOf = (n: number) =>
  `${n
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-000000000000`;

let app: TestApp;
let asked: QueryConfig[];
let connection: Client;
beforeAll(async () => {
  app = await TestApp.start();
  await app.database.query(
    `INSERT INTO files (id, created_at, organization_id, owner_id, collection, resource_type, resource_id, file_name,
       version, file_key, size, content_type, sha256, storage_backend, modified_at, updated_at, deleted_at)
     SELECT id, now(), $1, CASE WHEN n % 4 = 0 THEN id ELSE $2::uuid END, 'c' || n % 10, 'tx', 'r' || n % 10, 'a.txt', 1,
       'c/' || n, 1, 'text/plain', 'x', 'local', now(), now(), CASE WHEN n % 5 = 1 THEN now() END
     FROM generate_series(1, ${ROWS}) n,
       LATERAL (SELECT (lpad(to_hex(n), 12, '0') || '70008000000000000000')::uuid AS id) i`,
    [DEFAULT_ORGANIZATION_ID, OWNER],
  );
  await app.database.query(
    `INSERT INTO file_access_logs (id, created_at, organization_id, user_id, file_id, file_key, action, storage_backend, bytes)
     SELECT id, timestamptz '2024-01-01' + n * interval '1 second', organization_id, $1, id, file_key, 'upload', 'local', 1
     FROM files, LATERAL (SELECT split_part(file_key, '/', 2)::int AS n) i`,
    [OWNER],
  );
  // FREEZE waits for pages that a checkpoint is just writing.
  await app.database.query('VACUUM (FREEZE, ANALYZE) files, file_access_logs');
  connection = new Client({ connectionString: app.database.url });
  await connection.connect();
  await connection.query(`SET cloudkeep.organization = '${DEFAULT_ORGANIZATION_ID}'`);
  const sql = app.cloudkeep.nest.get(Sql);
  const rows = sql.rows.bind(sql);
  jest.spyOn(sql, 'rows').mockImplementation((statement) => {
    asked.push(statement);
    return rows(statement);
  });
});
afterAll(async () => {
  await connection.end();
  await app.stop();
});

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** Pages of the database that the statement of `work` touches, under row-level security, and its plan. */
async function cost(work: () => Promise<unknown[]>): Promise<{ pages: number; plan: string; found: number }> {
  asked = [];
  const found = (await work()).length;
  const [{ text, values } = { text: '', values: [] }] = asked;
  const { rows } = await connection.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>({
    text: `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${text}`,
    values: values ?? [],
  });
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  return {
    pages: (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0),
    plan: JSON.stringify(plan),
    found,
  };
}

const cases: [string, Partial<FileFilters>][] = [
  ['all', {}],
  ['of a collection', { collection: 'c3' }],
  ['of a resource', { resource_type: 'tx', resource_id: 'r3' }],
  ['in the trash', { deleted: true }],
];

describe.each([
  ['an owner’s files', OWNER],
  ['an organisation’s files', null],
])('%s', (_, ownerId) => {
  it.each(cases)('%s: a page far down costs what the first does', async (__, filters) => {
    const files = app.cloudkeep.nest.get(FilesRepository, { strict: false });
    const reach = { organizationId: DEFAULT_ORGANIZATION_ID, ownerId };
    const page = (before: string) =>
      cost(() => files.list(reach, { deleted: false, ...filters }, before, 50));
    const [first, deep] = [await page(MAX_ID), await page(idOf(ROWS / 10))];
    expect([first.found, deep.found]).toEqual([50, 50]);
    for (const { plan } of [first, deep]) expect(plan).not.toMatch(/Seq Scan|"Sort"/);
    expect(deep.pages).toBeLessThanOrEqual(first.pages * 1.3 + 5);
  });

  it('those to erase are found without looking at all others', async () => {
    const purge = app.cloudkeep.nest.get(FilePurgeRepository, { strict: false });
    jest.spyOn(purge, 'removeLocked').mockResolvedValue([]);
    // Of one in four the only one.
    const owner = ownerId === null ? null : idOf(4_000);
    const { plan, pages } = await cost(() => purge.removeSome(DEFAULT_ORGANIZATION_ID, owner, 50));
    expect(plan).not.toContain('Seq Scan');
    expect(pages).toBeLessThan(1_000);
  });

  it('the collections: counts those of the page alone, and reads no file', async () => {
    const collections = app.cloudkeep.nest.get(FileCollectionsRepository, { strict: false });
    const reach = { organizationId: DEFAULT_ORGANIZATION_ID, ownerId };
    const page = (limit: number) => cost(() => collections.list(reach, 'c2', limit));
    const [one, four] = [await page(1), await page(4)];
    expect([one.found, four.found]).toEqual([1, 4]);
    for (const { plan } of [one, four]) {
      expect(plan).toContain('"Index Only Scan"');
      expect(plan).not.toMatch(/Seq Scan|Bitmap|"Index Scan"|"Heap Fetches":[1-9]/);
    }
    expect(four.pages).toBeLessThan(one.pages * 5);
  });
});

it.each(['organization', 'user', 'file'] as const)(
  'the log by %s: a page far down costs what the first does',
  async (by) => {
    const log = app.cloudkeep.nest.get(FileAccessRepository, { strict: false });
    const filters = { organization: {}, user: { user_id: OWNER }, file: { file_id: idOf(1_000) } }[by];
    const page = (seconds: number) => {
      const createdAt = new Date(Date.parse('2024-01-01T00:00:00Z') + seconds * 1000);
      return cost(() => log.list(DEFAULT_ORGANIZATION_ID, filters, { createdAt, id: MAX_ID }, 50));
    };
    const [first, deep] = [await page(ROWS), await page(ROWS / 10)];
    for (const { plan } of [first, deep]) expect(plan).not.toMatch(/Seq Scan|"Sort"/);
    expect(deep.pages).toBeLessThanOrEqual(first.pages * 1.3 + 5);
  },
);
