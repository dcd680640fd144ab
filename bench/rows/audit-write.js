// @ts-check
// What an audit row costs the change it is of, and many rows beside a plain INSERT of them; into a trail of as many
// rows as BENCH_AUDIT_ROWS says.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Database, ORGANIZATION_ID } from '../support/database.js';
import { absolutes, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { atLeast, atMost, publish } from '../support/results.js';

const { createApp } = await import('../../dist/src/app.js');
const { buildConfig } = await import('../../dist/src/config/config.js');
const { readEnv } = await import('../../dist/src/config/env.js');
const { newId } = await import('../../dist/src/common/crypto/ids.js');
const { EventBus } = await import('../../dist/src/common/events/event-bus.js');
const { Sql } = await import('../../dist/src/database/sql.js');
const { Statements } = await import('../../dist/src/database/statements.js');
const { UnitOfWork } = await import('../../dist/src/database/unit-of-work.js');
const { AuditRepository } = await import('../../dist/src/modules/audit/audit.repository.js');

const ROWS = 1_000;
const AUDIT_ROWS = Number(process.env.BENCH_AUDIT_ROWS ?? 0);

const database = await Database.start();
const dataDir = mkdtempSync(join(tmpdir(), 'cloudkeep-bench-'));
const settings = readEnv({ DATABASE_URL: database.url, DATA_DIR: dataDir, LOG_LEVEL: 'silent', PORT: '0' });
const { nest } = await createApp(buildConfig(settings, 'bench'));
const [sql, unitOfWork, events, audit] = [Sql, UnitOfWork, EventBus, AuditRepository].map((type) =>
  nest.get(type),
);
const [user] = await database.insertUsers(1, null);

/** Statements that each wait for the answer of the one before. @param {() => Promise<unknown>} work */
async function roundTrips(work) {
  const { begin } = Statements.prototype;
  let count = 0;
  Statements.prototype.begin = /** @type {typeof begin} */ (
    /** @this {unknown} @param {unknown[]} args */ function (...args) {
      count++;
      return Reflect.apply(begin, this, args);
    }
  );
  try {
    await work();
  } finally {
    Statements.prototype.begin = begin;
  }
  return count;
}

/** @param {boolean} isAudited */
const change = (isAudited) => () =>
  unitOfWork.run(async () => {
    await sql.execute({ text: 'UPDATE users SET full_name = $2 WHERE id = $1', values: [user?.id, 'Ada'] });
    const ref = { id: user?.id, organizationId: ORGANIZATION_ID };
    const actor = { userId: user?.id, organizationId: ORGANIZATION_ID, credential: 'session' };
    if (isAudited) events.emit('user.profile-updated', { actor, user: ref, changed: ['full_name'] });
  });
const plain = await roundTrips(change(false));
const extra = (await roundTrips(change(true))) - plain;

await database.pool.query('CREATE TABLE raw_logs (LIKE audit_logs INCLUDING ALL)');
for (const table of ['audit_logs', 'raw_logs']) {
  await database.insertAuditRows(String(user?.id), AUDIT_ROWS, table);
  await database.pool.query(`VACUUM ANALYZE ${table}`);
}
const COLUMNS =
  'id, created_at, organization_id, user_id, action, resource, details, ip, user_agent, request_id';
const place = (/** @type {number} */ row) =>
  `(${Array.from({ length: 10 }, (_, column) => `$${row * 10 + column + 1}`).join(', ')})`;
const RAW = `INSERT INTO raw_logs (${COLUMNS}) VALUES ${Array.from({ length: ROWS }, (_, row) => place(row)).join(', ')}`;
const newRows = () =>
  Array.from({ length: ROWS }, (_, n) => ({
    happenedAt: performance.now(),
    organization_id: ORGANIZATION_ID,
    user_id: user?.id,
    action: 'user.update_profile',
    resource: `user:${randomUUID()}`,
    details: { changed: ['full_name'], n },
    ip: '192.0.2.7',
    user_agent: 'bench',
    request_id: 'bench',
  }));

/** @param {(rows: ReturnType<typeof newRows>) => Promise<unknown>} write */
const measured = (write) => async () => {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  let rows = 0;
  for (; performance.now() - start < SECONDS * 1000; rows += ROWS) await write(newRows());
  const { user: own, system } = process.cpuUsage(cpu);
  return {
    perSecond: (rows * 1000) / (performance.now() - start),
    cpuMicroseconds: (own + system) / rows,
  };
};
const rounds = /** @type {Record<string, any>} */ (
  await inTurn(
    /** @type {any} */ ({
      ours: measured((rows) => audit.insert(rows)),
      raw: measured((rows) =>
        sql.pool.query({
          name: 'raw',
          text: RAW,
          values: rows.flatMap((row) => [
            newId(),
            ...[new Date(), row.organization_id, row.user_id, row.action, row.resource],
            ...[JSON.stringify(row.details), row.ip, row.user_agent, row.request_id],
          ]),
        }),
      ),
    }),
  )
);
publish(
  'audit-write',
  {
    'statements that a change waits for more': {
      value: { median: extra, least: extra, most: extra },
      goal: atMost(1),
    },
    'rows a second, times a raw multi-row INSERT': {
      value: throughputRatio(rounds.ours, rounds.raw),
      goal: atLeast(0.7),
    },
  },
  {
    absolute: absolutes(rounds),
    notes: [
      `A change of one row waits for ${plain} statements without its audit row.`,
      `${ROWS} rows a statement; the raw ones are prepared, and go into a table with the same indexes and no partitions.`,
      `${AUDIT_ROWS} rows lie in each table before.`,
      'Rows go round by round, so both tables grow alike.',
    ],
  },
);
await nest.close();
await database.stop();
rmSync(dataDir, { recursive: true, force: true });
