import { Logger, type LoggerService } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { Sql } from '../../src/database/sql.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

const LONG = 0.25;
const SECRET = 'a value that nobody may see';

let app: TestApp;
let sql: Sql;
beforeAll(async () => {
  app = await TestApp.start({ env: { SLOW_QUERY_MS: '200' } });
  sql = app.cloudkeep.nest.get(Sql);
});
afterAll(() => app.stop());

type Line = Record<string, unknown>;

/** What is told of slow statements of ours while `work` runs. */
async function linesOf(work: () => Promise<unknown>): Promise<Line[]> {
  const lines: unknown[] = [];
  const ignore = () => undefined;
  const logger: LoggerService = { log: ignore, error: ignore, warn: (line) => void lines.push(line) };
  Logger.overrideLogger(logger);
  await work();
  Logger.overrideLogger(false);
  return (lines as Line[]).filter(({ statement }) => String(statement).includes('pg_sleep'));
}

const counted = async (statement: string) => {
  const { text } = await app.anyone.get('//metrics');
  const series = `cloudkeep_slow_queries_total{statement="${statement}"} `;
  const line = text.split('\n').find((one) => one.startsWith(series));
  return Number(line?.slice(series.length) ?? 0);
};

it('a statement that takes long is told of once, without its values, with the request that asked', async () => {
  const ask = () =>
    sql.rows({
      name: 'slow-probe',
      text: 'SELECT pg_sleep($1)::text AS nothing,\n       $2::text AS told',
      values: [LONG, SECRET],
    });
  const context = app.cloudkeep.nest.get(ClsService);
  const lines = await linesOf(() => context.runWith({ requestId: 'request-7' } as never, ask));
  expect(lines).toEqual([
    {
      msg: 'slow query',
      statement: 'SELECT pg_sleep($1)::text AS nothing, $2::text AS told',
      name: 'slow-probe',
      duration_ms: expect.any(Number),
      rows: 1,
      request_id: 'request-7',
    },
  ]);
  expect(lines[0]?.duration_ms).toBeGreaterThanOrEqual(LONG * 1000 - 5);
  expect(JSON.stringify(lines)).not.toContain(SECRET);
  expect(await counted('slow-probe')).toBe(1);
});

it('so is one that fails in the end, by its code, and one of the entity manager', async () => {
  const failing = sql.rows.bind(sql, {
    text: 'SELECT 1 / (CASE WHEN pg_sleep($1) IS NULL THEN 1 ELSE 0 END)',
    values: [LONG],
  });
  const lines = await linesOf(async () => {
    await expect(failing()).rejects.toMatchObject({ code: '22012' });
    await app.cloudkeep.nest
      .get(UnitOfWork)
      .run(() => sql.manager.query('SELECT pg_sleep($1)::text AS managed', [LONG]));
  });
  expect(lines).toEqual([
    expect.objectContaining({ error: '22012', rows: null, name: null, request_id: null }),
    expect.objectContaining({ statement: 'SELECT pg_sleep($1)::text AS managed', rows: 1 }),
  ]);
});

it('a quick one is not', async () => {
  const quick = () => linesOf(() => sql.rows({ text: 'SELECT pg_sleep(0.001)::text AS quick' }));
  // On a busy machine any one may wait.
  await eventually(async () => expect(await quick()).toEqual([]), { within: 5_000 });
});

it('where all are slow the log is spared, and every one is counted', async () => {
  const text = 'SELECT pg_sleep($1)::text AS one_of_many';
  const all = Array.from({ length: 30 }, () => sql.rows({ name: 'slow-many', text, values: [LONG] }));
  const lines = await linesOf(() => Promise.all(all));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThan(20);
  expect(await counted('slow-many')).toBe(30);
});
