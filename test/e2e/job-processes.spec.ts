import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jest } from '@jest/globals';
import { ApiClient } from '../support/client.js';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { Given } from '../support/factories/given.js';
import { uploaded } from '../support/files.js';
import { MailServer } from '../support/mail-server.js';
import { ServerProcess } from '../support/server-process.js';

jest.setTimeout(120_000);

const HURRY = pathToFileURL(join(import.meta.dirname, '..', 'support', 'every-two-seconds.js')).href;
const LOCK = 59;
const IN_TIME = { within: 30_000 };
/** Answers are as good as their description, which other tests check. */
const ANY_ANSWER = { check: () => undefined } as never;

let database: TestDatabase;
let mails: MailServer;
const servers: ServerProcess[] = [];

async function start(): Promise<string> {
  const server = ServerProcess.start(
    {
      NODE_OPTIONS: `--import ${HURRY}`,
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '5',
      SMTP_URL: mails.url(),
      FILE_TRASH_DAYS: '7',
    },
    servers[0]?.dataDir,
  );
  servers.push(server);
  return server.ready();
}

beforeAll(async () => {
  [database, mails] = await Promise.all([TestDatabase.create(), MailServer.start()]);
  await database.query('CREATE TABLE begun (name text NOT NULL, at timestamptz NOT NULL)');
  await database.query(`
    CREATE FUNCTION note_begun() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN INSERT INTO begun VALUES (NEW.name, NEW.started_at); RETURN NULL; END $$`);
  await database.query(
    `CREATE TRIGGER note_begun AFTER INSERT OR UPDATE OF started_at ON job_runs
     FOR EACH ROW EXECUTE FUNCTION note_begun()`,
  );
  await database.query(`
    CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); RETURN OLD; END $$`);
});
afterAll(async () => {
  for (const server of servers) server.signal('SIGKILL');
  await Promise.all(servers.map((server) => server.dispose()));
  await Promise.all([database.drop(), mails.stop()]);
});

async function skipped(url: string, job: string): Promise<boolean> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.includes(`cloudkeep_job_runs_total{job="${job}",outcome="skipped"}`);
}

/** The first process is in the middle of emptying the trash, and the others pass it over. */
async function killedAtWork(first: ServerProcess): Promise<string[]> {
  const waiting = () =>
    database.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK} AND NOT granted`);
  await eventually(async () => expect(await waiting()).toHaveLength(1), IN_TIME);
  const others = await Promise.all([start(), start()]);
  for (const url of others)
    await eventually(async () => expect(await skipped(url, 'files.purge')).toBe(true), IN_TIME);
  first.signal('SIGKILL');
  await first.exitCode();
  return others;
}

const countOf = async (sql: string, values: unknown[] = []) =>
  Number((await database.query<{ count: string }>(sql, values))[0]?.count);

it('three processes do what is due once, also when one is killed at it', async () => {
  const url = await start();
  const given = new Given(database, () => new ApiClient(url, ANY_ANSWER));
  const user = await given.signedIn({ role: 'operator' });
  const client = new ApiClient(url, ANY_ANSWER).with({ authorization: `Bearer ${user.token}` });
  const files = await Promise.all(['one', 'two', 'three'].map((text) => uploaded(client, text)));
  for (const { id } of files) await client.delete(`/files/${id}`);
  await database.query(
    `CREATE TRIGGER wait_here BEFORE DELETE ON files FOR EACH ROW EXECUTE FUNCTION wait_here()`,
  );
  await database.query(`SELECT pg_advisory_lock(${LOCK})`);
  await database.query(`UPDATE files SET deleted_at = now() - interval '8 days'`);
  await given.personalToken(user, ['profile:read'], {
    expires_at: new Date(Date.now() + 3 * 86_400_000).toISOString(),
  });

  const [first] = servers;
  if (first === undefined) throw new Error('No process');
  const others = await killedAtWork(first);
  const died = await database.query<{ name: string }>('SELECT name FROM job_runs WHERE finished_at IS NULL');
  expect(died.map(({ name }) => name)).toContain('files.purge');
  const { at } = (await database.query<{ at: Date }>('SELECT now() AS at'))[0] ?? {};
  await database.query(`SELECT pg_advisory_unlock(${LOCK})`);

  await eventually(async () => expect(await countOf('SELECT count(*) FROM files')).toBe(0), IN_TIME);
  await eventually(
    async () =>
      expect(
        await countOf(`SELECT count(*) FROM begun WHERE name = 'audit.chain' AND at > $1`, [at]),
      ).toBeGreaterThan(3),
    IN_TIME,
  );
  // Two turns are never as near as this; what died was to be run again.
  const twice = await database.query(
    `SELECT name, count(*) FROM begun WHERE name <> ALL ($1)
     GROUP BY name, floor((extract(epoch FROM at) + 1) / 2) HAVING count(*) > 1`,
    [died.map(({ name }) => name)],
  );
  expect(twice).toEqual([]);
  const purged = await database.query(
    `SELECT resource, count(*)::int FROM audit_logs WHERE action = 'file.purge' GROUP BY resource ORDER BY resource`,
  );
  expect(purged).toEqual(
    files
      .map(({ id }) => ({ resource: `file:${id}`, count: 1 }))
      .sort((a, b) => (a.resource < b.resource ? -1 : 1)),
  );
  const [usage] = await database.query(
    'SELECT used_bytes::int, file_count::int FROM storage_usage WHERE subject_id = $1',
    [user.id],
  );
  expect(usage).toEqual({ used_bytes: 0, file_count: 0 });
  const warnings = () => mails.mailsTo(user.email).length;
  await eventually(() => expect(warnings()).toBeGreaterThan(0), IN_TIME);
  expect(warnings()).toBe(
    await countOf('SELECT count(*) FROM mail_outbox WHERE recipient = $1', [user.email]),
  );
  expect(
    await countOf(
      `SELECT count(*) FROM mail_outbox WHERE recipient = $1 AND template = 'credential-expiring'`,
      [user.email],
    ),
  ).toBe(1);
  await expectOneChain(others[0] ?? '');
});

/** No fork and no gap: the numbers of the links are those of the rows, and every hash is as it should be. */
async function expectOneChain(url: string): Promise<void> {
  const given = new Given(database, () => new ApiClient(url, ANY_ANSWER));
  const admin = await given.signedIn({ role: 'admin' });
  const client = new ApiClient(url, ANY_ANSWER).with({ authorization: `Bearer ${admin.token}` });
  expect((await client.get('/audit/verify')).body).toMatchObject({ valid: true });
  const [links] = await database.query(
    `SELECT count(*) = max(seq) AS gapless, count(*) = count(DISTINCT log_id) AS straight, count(*) > 5 AS long
     FROM audit_chain WHERE organization_id = $1`,
    [admin.organizationId],
  );
  expect(links).toEqual({ gapless: true, straight: true, long: true });
}
