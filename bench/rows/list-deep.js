// @ts-check
// The first and the last page of a million files, and of as many audit rows as BENCH_AUDIT_ROWS says.
import { setTimeout as sleep } from 'node:timers/promises';
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database, each, ORGANIZATION_ID } from '../support/database.js';
import { absolutes, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { drive } from '../support/load.js';
import { ask, getRequest } from '../support/requests.js';
import { atMost, publish } from '../support/results.js';

const { cursorAt } = await import('../../dist/src/common/pagination/pagination.js');
const FILES = 1_000_000;
const AUDIT_ROWS = Number(process.env.BENCH_AUDIT_ROWS ?? FILES);
/** So that page 10,000 of a million is the last, the deepest there is. */
const LIMIT = 100;
const SCOPE = 'files:read audit:read';

pinSelf(LOAD_CORES);
const database = await Database.start();
await (await startCloudkeep(database, SERVER_CORES)).stop();
const [session] = await database.insertSessions(await database.insertUsers(1, null, 'admin'), 1);
const { id, userId } = /** @type {{ id: string, userId: string }} */ (session);
const token = accessToken({ id, userId }, SCOPE);

await database.pool.query(
  `INSERT INTO files (id, created_at, organization_id, owner_id, collection, file_name, version, file_key, size,
     content_type, sha256, storage_backend, modified_at, updated_at)
   SELECT id, made, $1, $2, 'general', 'report-' || n || '.pdf', 1, 'general/' || id || '_report-' || n || '.pdf', n,
     'application/pdf', encode(sha256(id::text::bytea), 'hex'), 'local', made, made
   FROM ${each(FILES)}`,
  [ORGANIZATION_ID, userId],
);
await database.insertAuditRows(userId, AUDIT_ROWS);
// Anew: of a trail it looks at all rows at its start, and later only at young ones.
const cloudkeep = await startCloudkeep(database, SERVER_CORES);
// It binds the trail first; that is work of another row.
for (let bound = -1, rest = 1; rest > 0;) {
  const { rows } = await database.pool.query(
    'SELECT coalesce(max(seq), 0)::int AS n FROM audit_chain WHERE organization_id = $1',
    [ORGANIZATION_ID],
  );
  rest = AUDIT_ROWS - rows[0].n;
  if (bound !== rows[0].n) console.log(`${rows[0].n} rows of the trail are bound`);
  bound = rows[0].n;
  if (rest > 0) await sleep(5_000);
}
for (const table of ['files', 'audit_logs', 'audit_chain'])
  await database.pool.query(`VACUUM ANALYZE ${table}`);

/**
 * @param {string} path
 * @param {'files' | 'audit_logs'} table
 */
async function pages(path, table) {
  // The last row of the last page but one. Of younger rows, which the application made, the list has a few more.
  const { rows } = await database.pool.query(
    `SELECT id FROM ${table} WHERE organization_id = $1 ORDER BY id OFFSET $2 LIMIT 1`,
    [ORGANIZATION_ID, LIMIT],
  );
  const first = getRequest(`${path}?limit=${LIMIT}`, token);
  const deep = getRequest(`${path}?limit=${LIMIT}&cursor=${cursorAt(rows[0])}`, token);
  for (const request of [first, deep]) {
    const { items } = JSON.parse(await ask(cloudkeep, request));
    if (items.length !== LIMIT) throw new Error(`${items.length} rows instead of ${LIMIT}`);
  }
  return { first, deep };
}

const files = await pages('/api/v1/files', 'files');
const audit = await pages('/api/v1/audit/logs', 'audit_logs');
/** @param {Buffer} request */
const measured = (request) => () =>
  drive(cloudkeep, { next: () => request, seconds: SECONDS, connections: 1, spins: false });
const rounds = await inTurn({
  files_first: measured(files.first),
  files_deep: measured(files.deep),
  audit_first: measured(audit.first),
  audit_deep: measured(audit.deep),
});
publish(
  'list-deep',
  {
    'files, time of the last page over the first': {
      value: throughputRatio(rounds.files_first, rounds.files_deep),
      goal: atMost(1.3),
    },
    'audit, time of the last page over the first': {
      value: throughputRatio(rounds.audit_first, rounds.audit_deep),
      goal: atMost(1.3),
    },
  },
  {
    absolute: absolutes(rounds),
    notes: [
      'Server on core 0; load, which sleeps, and PostgreSQL on core 1; one connection, so one page at a time.',
      `${FILES} files and ${AUDIT_ROWS} audit rows of one person, ${LIMIT} a page: page ${AUDIT_ROWS / LIMIT} of the trail is its last.`,
    ],
  },
);
await cloudkeep.stop();
await database.stop();
