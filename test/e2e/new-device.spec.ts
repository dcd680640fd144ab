import type { QueryConfig } from 'pg';
import { Sql } from '../../src/database/sql.js';
import type { TestApp } from '../support/app.js';
import { PASSWORD, type GivenUser } from '../support/factories/given.js';
import { Mailbox } from '../support/mailbox.js';

const DAY = 86_400;
const NEWS = 'New sign-in to your account';

const chrome = (version: number) =>
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';

let mailbox: Mailbox;
let app: TestApp;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  app = await mailbox.startApp({ env: { TRUST_PROXY: '1' } });
});
afterAll(() => mailbox.close());

interface Place {
  readonly agent?: string;
  readonly ip?: string;
  readonly query?: string;
}

async function signIn(
  { email }: Pick<GivenUser, 'email'>,
  { agent = chrome(131), ip = '203.0.113.7', query = '' }: Place = {},
): Promise<void> {
  const client = app.anyone.with({ 'user-agent': agent, 'x-forwarded-for': ip });
  expect((await client.post(`/auth/login${query}`, { email, password: PASSWORD })).status).toBe(200);
}

const newsFor = async ({ email }: Pick<GivenUser, 'email'>) =>
  (await mailbox.subjects(email)).filter((subject) => subject === NEWS).length;

it('the first sign-in ever is no news, nor are those like it', async () => {
  const ada = await app.given.user();
  await signIn(ada);
  await signIn(ada);
  await signIn(ada, { agent: chrome(140) });
  await signIn(ada, { ip: '203.0.113.200' });
  await signIn(ada, { query: '?session=cookie' });
  expect(await newsFor(ada)).toBe(0);
});

it('nor is the first with a browser', async () => {
  const ada = await app.given.user();
  await signIn(ada, { query: '?session=cookie' });
  expect(await newsFor(ada)).toBe(0);
});

it('registering is none, wherever one then signs in from is', async () => {
  const ada = { email: 'newcomer@example.com' };
  const client = app.anyone.with({ 'user-agent': chrome(131), 'x-forwarded-for': '203.0.113.7' });
  await client.post('/auth/register', { ...ada, username: 'newcomer', password: PASSWORD });
  await signIn(ada);
  expect(await newsFor(ada)).toBe(0);
  await signIn(ada, { agent: FIREFOX });
  expect(await newsFor(ada)).toBe(1);
});

it.each<[string, Place]>([
  ['another browser', { agent: FIREFOX }],
  ['a program', { agent: 'curl/8.5.0' }],
  ['another network', { ip: '198.51.100.9' }],
  ['a network of the other family', { ip: '2001:db8:7::1' }],
  ['a browser session elsewhere', { ip: '198.51.100.9', query: '?session=cookie' }],
])('%s is news, once', async (_, place) => {
  const ada = await app.given.user();
  await signIn(ada);
  await signIn(ada, place);
  await signIn(ada, place);
  await signIn(ada);
  expect(await newsFor(ada)).toBe(1);
});

it('says from what, where and when, and makes no link of what a device calls itself', async () => {
  const ada = await app.given.user();
  await signIn(ada);
  await signIn(ada, { agent: FIREFOX, ip: '198.51.100.9' });
  await signIn(ada, { agent: 'https://evil.example/x', ip: '198.51.100.9' });
  const text = await mailbox.text(ada.email);
  expect(text).toContain('Device: “Firefox on Linux”');
  expect(text).toContain('Address: 198.51.100.9');
  expect(text).toMatch(/Time: \d+ \w+ \d{4} at \d\d:\d\d UTC/);
  expect(text).not.toContain('evil.example');
});

it('an IPv6 customer is one network', async () => {
  const ada = await app.given.user();
  await signIn(ada, { ip: '2001:db8:1:2::1' });
  await signIn(ada, { ip: '2001:db8:1:ffff::9' });
  expect(await newsFor(ada)).toBe(0);
  await signIn(ada, { ip: '2001:db8:2:2::1' });
  expect(await newsFor(ada)).toBe(1);
});

it('it stays known after signing out; what others use is not known to one', async () => {
  const [ada, bob] = [await app.given.user(), await app.given.user()];
  await signIn(bob, { agent: FIREFOX });
  await signIn(ada);
  await app.database.query('UPDATE sessions SET ended_at = now() WHERE user_id = $1', [ada.id]);
  await signIn(ada);
  expect(await newsFor(ada)).toBe(0);
  await signIn(ada, { agent: FIREFOX });
  expect(await newsFor(ada)).toBe(1);
});

it('an account unused for so long that no session is remembered is told all the more', async () => {
  const ada = await app.given.user();
  await signIn(ada);
  await app.database.query('DELETE FROM sessions WHERE user_id = $1', [ada.id]);
  app.clock.advance(100 * DAY);
  await signIn(ada);
  expect(await newsFor(ada)).toBe(1);
});

it('fills no mailbox, and stands in nobody’s way: where no mail can go one signs in all the same', async () => {
  const ada = await app.given.user();
  for (let i = 0; i < 7; i++) await signIn(ada, { ip: `198.51.${i}.9` });
  expect(await newsFor(ada)).toBe(3);
  const quoted = await app.given.user();
  await app.database.query('UPDATE users SET email = $2 WHERE id = $1', [quoted.id, '"q q"@localhost']);
  for (const agent of [chrome(131), FIREFOX]) {
    const { status } = await fetch(`${app.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': agent },
      body: JSON.stringify({ username: quoted.username, password: PASSWORD }),
    });
    expect(status).toBe(200);
  }
});

it('is found by an index, however many sessions there are', async () => {
  const [ada, busy] = [await app.given.user(), await app.given.user()];
  await app.database.query(
    `INSERT INTO sessions (id, organization_id, user_id, kind, ip, last_seen_at, expires_at, authenticated_at, amr)
     SELECT gen_random_uuid(), $1, $2, 'token', '203.0.113.7', now(), now(), now(), '{password}' FROM generate_series(1, 5000)`,
    [ada.organizationId, busy.id],
  );
  await app.database.query('ANALYZE sessions');
  await signIn(ada);
  const { text, values } = await statementOf('sessions-user-agents', () => signIn(ada));
  const plan = JSON.stringify(await app.database.query(`EXPLAIN ${text}`, values));
  expect(plan).toContain('sessions_user_id_id_idx');
  expect(plan).not.toContain('Seq Scan');
});

/** What the application asks the database, under this name, while `work` runs. */
async function statementOf(name: string, work: () => Promise<void>): Promise<QueryConfig> {
  const sql = app.cloudkeep.nest.get(Sql);
  const rows = sql.rows.bind(sql);
  const seen: QueryConfig[] = [];
  sql.rows = (statement) => {
    seen.push(statement);
    return rows(statement);
  };
  await work();
  sql.rows = rows;
  const statements = seen.filter((statement) => statement.name === name);
  expect(statements).toHaveLength(1);
  return statements[0] ?? { text: '' };
}
