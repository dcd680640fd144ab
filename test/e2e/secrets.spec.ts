import { RefusalTrail } from '../../src/modules/audit/refusal-trail.js';
import { TestApp } from '../support/app.js';
import { PASSWORD } from '../support/factories/given.js';

const NEW_PASSWORD = 'quartz meadow 19 lantern';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

/** Every row of every table, as text. */
async function wholeDatabase(): Promise<Map<string, string>> {
  const tables = await app.database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await app.database.query<{ text: string }>(`SELECT t::text AS text FROM "${name}" t`);
    texts.set(name, rows.map(({ text }) => text).join('\n'));
  }
  return texts;
}

/** Secrets as they are and as bytea shows them. */
const spellings = (secret: string) => [secret, Buffer.from(secret).toString('hex')];

it('no password, token, cookie or proof is in any row of the database after a day’s work', async () => {
  const user = await app.given.signedIn({ role: 'operator' });
  const login = { email: user.email, password: PASSWORD };
  const browser = await app.anyone.post('/auth/login?session=cookie', login);
  const renewed = await app.anyone.post('/auth/refresh', { refresh_token: user.refreshToken });
  const own = app.as(renewed.body.access_token);
  const wrong = 'wrong-password-in-a-hurry-9';
  await app.anyone.post('/auth/login', { ...login, password: wrong });
  await own.post('/auth/password/change', { current_password: wrong, new_password: NEW_PASSWORD });
  await own.post('/auth/password/change', { current_password: PASSWORD, new_password: NEW_PASSWORD });
  await app.as(`${user.token}x`).get('/auth/profile');
  const machine = { ...user, token: renewed.body.access_token as string };
  const pat = await app.given.personalToken(machine, ['profile:read']);
  const key = await app.given.apiKey(machine, ['files:read']);
  const rotated = await own.post(`/api-keys/${key.id}/rotate`, { grace_seconds: 60 });
  for (const { token } of [pat, key]) {
    await app.as(token).get('/auth/verify');
    await app.as(token).get('/users');
    await app.anyone.post('/auth/tokens/revoke', { token });
  }
  await app.anyone.with({ 'x-api-key': 'key_of-nobody-at-all' }).get('/auth/profile');
  await own.post('/auth/logout/all');
  await app.cloudkeep.nest.get(RefusalTrail).write();
  const cookie = /cloudkeep_session=([\w-]+)/.exec(browser.cookies.join('\n'))?.[1] ?? '';
  expect(cookie).toHaveLength(43);
  const secrets = [
    PASSWORD,
    NEW_PASSWORD,
    wrong,
    user.token,
    user.refreshToken,
    renewed.body.access_token as string,
    renewed.body.refresh_token as string,
    cookie,
    browser.body.csrf_token as string,
    'key_of-nobody-at-all',
    pat.token,
    key.token,
    rotated.body.key as string,
  ];
  const tables = await wholeDatabase();
  expect(tables.get('audit_logs')).toContain('user.change_password');
  for (const [table, text] of tables)
    for (const secret of secrets.flatMap(spellings))
      expect({ table, found: text.includes(secret) }).toEqual({ table, found: false });
});

it('no problem document repeats what was sent as a secret', async () => {
  const user = await app.given.signedIn();
  const secret = 'hunter2-hunter2-hunter2';
  const answers = [
    await app.anyone.post('/auth/login', { email: user.email, password: secret }),
    await app.anyone.post('/auth/login', { email: user.email, password: [secret] }),
    await app.anyone.post('/auth/login', `{"password":"${secret}"`),
    await app.anyone.post('/auth/refresh', { refresh_token: secret }),
    await app.anyone.post('/auth/register', { password: 'hunter2', email: secret }),
    await app.as(secret).get('/auth/profile'),
    await app.anyone.with({ 'x-api-key': secret }).get('/auth/profile'),
    await app.anyone.post('/auth/tokens/revoke', { token: secret }),
    await app.as(`pat_${secret}`).get('/auth/profile'),
    await app.as(user).post('/auth/password/change', { current_password: secret, new_password: secret }),
  ];
  for (const { status, text } of answers) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('hunter2');
  }
});

it('no answer about users or roles carries a hash', async () => {
  const admin = app.as(await app.given.signedIn({ role: 'admin' }));
  for (const path of ['/users', '/auth/profile', '/auth/sessions', '/audit/logs', '/roles'])
    expect((await admin.get(path)).text).not.toMatch(/argon2|hash|digest/);
});
