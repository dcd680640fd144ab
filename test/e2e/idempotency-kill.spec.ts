import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD } from '../support/factories/given.js';
import { ServerProcess } from '../support/server-process.js';

jest.setTimeout(60_000);

const LOCK = 58;

let database: TestDatabase;
let server: ServerProcess | undefined;
beforeEach(async () => {
  database = await TestDatabase.create();
  await database.query(
    `CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); RETURN NEW; END $$`,
  );
});
afterEach(async () => {
  await server?.dispose();
  await database.drop();
});

/** Registers in a process of its own, which is killed as soon as its database comes to the trigger. */
async function killedAt(
  trigger: string,
  register: (url: string) => Promise<unknown>,
): Promise<ServerProcess> {
  const first = ServerProcess.start({ DATABASE_URL: database.url });
  const url = await first.ready();
  await database.query(`CREATE TRIGGER wait_here ${trigger} EXECUTE FUNCTION wait_here()`);
  await database.query(`SELECT pg_advisory_lock(${LOCK})`);
  const lost = register(url).catch(() => 'no answer');
  await eventually(
    async () => {
      const waiting = await database.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK} AND NOT granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(waiting).toHaveLength(1);
    },
    { within: 10_000 },
  );
  first.signal('SIGKILL');
  await first.exitCode();
  expect(await lost).toBe('no answer');
  await database.cutConnections('cloudkeep');
  await database.query(`SELECT pg_advisory_unlock(${LOCK})`);
  await database.query(`DROP FUNCTION wait_here CASCADE`);
  return ServerProcess.start({ DATABASE_URL: database.url }, first.dataDir);
}

it.each([
  {
    at: 'before its commit: the retry does it',
    trigger: 'BEFORE INSERT ON sessions FOR EACH ROW',
    usersThen: 0,
    retried: [201, undefined],
  },
  {
    at: 'between its commit and its answer: the retry learns that it was done',
    trigger: 'BEFORE UPDATE ON idempotency_keys FOR EACH ROW WHEN (NEW.answer IS NOT NULL)',
    usersThen: 1,
    retried: [409, 'idempotency_answer_lost'],
  },
])('a server killed $at', async ({ trigger, usersThen, retried }) => {
  const key = randomUUID();
  const body = JSON.stringify({ email: 'ada@example.com', username: 'ada', password: PASSWORD });
  const register = async (url: string) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const answer = await fetch(`${url}/api/v1/auth/register`, { method: 'POST', headers, body });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  const countUsers = async () =>
    (await database.query(`SELECT FROM users WHERE email = 'ada@example.com'`)).length;

  server = await killedAt(trigger, register);
  expect(await countUsers()).toBe(usersThen);
  const url = await server.ready();
  expect(await register(url)).toEqual([409, 'idempotency_in_flight']);
  // As a minute later.
  await database.query('UPDATE idempotency_keys SET leased_until = now()');
  expect(await register(url)).toEqual(retried);
  expect(await countUsers()).toBe(1);
});
