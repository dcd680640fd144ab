import type { TestApp } from '../support/app.js';
import { PASSWORD, type GivenUser } from '../support/factories/given.js';
import { Mailbox } from '../support/mailbox.js';

const NEW_PASSWORD = 'quartz meadow 19 lantern';

let mailbox: Mailbox;
let app: TestApp;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  app = await mailbox.startApp();
});
afterAll(() => mailbox.close());

const forgot = (email: string, on = app) => on.anyone.post('/auth/password/forgot', { email });
const linksTo = (email: string) => mailbox.tokens(email, 'reset-password');

/** An address of each kind, the only one that gets a mail first. */
async function everyKind(): Promise<string[]> {
  const kinds = [
    await app.given.user(),
    await app.given.user({ passwordHash: null }),
    await app.given.user({ isActive: false }),
  ];
  return [...kinds.map(({ email }) => email), 'nobody@example.com', '"no mail"@example.com'];
}

describe('asking for a new password', () => {
  it('is answered alike whoever has the address, and mails those alone who have a password', async () => {
    const addresses = await everyKind();
    const answers = [];
    for (const email of addresses) {
      const { status, text, headers } = await forgot(email);
      answers.push({ status, text, headers: Object.keys(headers).sort() });
    }
    expect(answers).toEqual(Array<unknown>(5).fill(answers[0]));
    expect(answers[0]).toMatchObject({ status: 202, text: expect.stringContaining('a mail is on its way') });
    const counts = [];
    for (const email of addresses) counts.push((await linksTo(email)).length);
    expect(counts).toEqual([1, 0, 0, 0, 0]);
  });

  it('takes an address in any spelling of case, and no username', async () => {
    const ada = await app.given.user();
    expect((await forgot(`  ${ada.email.toUpperCase()} `)).status).toBe(202);
    expect(await linksTo(ada.email)).toHaveLength(1);
    expect(await forgot(ada.username)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('fills no mailbox and no trail: three times an hour, and the last link works', async () => {
    const ada = await app.given.user();
    for (let i = 0; i < 8; i++) expect((await forgot(ada.email)).status).toBe(202);
    const tokens = await linksTo(ada.email);
    expect(tokens).toHaveLength(3);
    expect(
      await app.database.query(
        `SELECT user_id, host(ip) AS ip FROM audit_logs WHERE action = 'user.request_password_reset' AND resource = $1`,
        [`user:${ada.id}`],
      ),
    ).toEqual(Array<unknown>(3).fill({ user_id: null, ip: '127.0.0.1' }));
    const answer = await app.anyone.post('/auth/password/reset', {
      token: tokens[2],
      password: NEW_PASSWORD,
    });
    expect(answer.status).toBe(204);
  });

  it('is limited for an address, whomever it asks for', async () => {
    const limited = await mailbox.startApp({ env: { RATE_LIMIT_PASSWORD: '3/3600' } });
    const answers = [];
    for (const email of await everyKind()) answers.push((await forgot(email, limited)).status);
    expect(answers).toEqual([202, 202, 202, 429, 429]);
    const reset = await limited.anyone.post('/auth/password/reset', { token: 'x', password: NEW_PASSWORD });
    expect(reset.body.code).toBe('invalid_token');
  });
});

it('a link gives its owner a password also where an admin took the old one away', async () => {
  const ada = await app.given.user();
  await forgot(ada.email);
  const [token] = await linksTo(ada.email);
  await app.database.query('UPDATE users SET password_hash = NULL WHERE id = $1', [ada.id]);
  const reset = await app.anyone.post('/auth/password/reset', { token, password: NEW_PASSWORD });
  expect(reset.status).toBe(204);
  const login = await app.anyone.post('/auth/login', { email: ada.email, password: NEW_PASSWORD });
  expect(login.status).toBe(200);
});

it('a sign-in under way with the old password leaves no session behind', async () => {
  const ada: GivenUser = await app.given.user();
  await forgot(ada.email);
  const [token] = await linksTo(ada.email);
  const login = () => app.anyone.post('/auth/login', { email: ada.email, password: PASSWORD });
  const [reset, ...logins] = await Promise.all([
    app.anyone.post('/auth/password/reset', { token, password: NEW_PASSWORD }),
    ...Array.from({ length: 12 }, login),
  ]);
  expect(reset.status).toBe(204);
  for (const { status, body } of logins) {
    expect([200, 401, 429]).toContain(status);
    if (status === 200)
      expect((await app.as(body.access_token as string).get('/auth/profile')).status).toBe(401);
  }
});

it('asked for and used from all sides at once, nothing fails', async () => {
  const admin = await app.given.signedIn({ role: 'admin' });
  const ada = await app.given.user();
  await forgot(ada.email);
  const [token] = await linksTo(ada.email);
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => [
      app.anyone.post('/auth/password/reset', { token, password: NEW_PASSWORD }),
      forgot(ada.email),
      app.anyone.post('/auth/login', { email: ada.email, password: PASSWORD }),
      app.as(admin).patch(`/users/${ada.id}`, { is_active: false }),
      app.as(admin).patch(`/users/${ada.id}`, { is_active: true }),
    ]).flat(),
  );
  await mailbox.settle();
  expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
});
