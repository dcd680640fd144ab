import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD, type GivenUser } from '../support/factories/given.js';
import { Mailbox } from '../support/mailbox.js';
import { addPhone } from '../support/second-factors.js';

const DAY = 86_400;
const NEW_PASSWORD = 'quartz meadow 19 lantern';
/** Tells a good link from another without using it up. */
const TOO_WEAK = 'weak';
const REFUSED = { status: 400, body: { code: 'invalid_token', errors: [{ field: 'token' }] } };

let mailbox: Mailbox;
/** Two replicas. */
let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  app = await mailbox.startApp();
  other = await mailbox.startApp({ replicaOf: app });
});
afterAll(() => mailbox.close());

const forgot = (email: unknown, client = app.anyone) => client.post('/auth/password/forgot', { email });
const reset = (token: unknown, password: unknown = NEW_PASSWORD, on = app) =>
  on.anyone.post('/auth/password/reset', { token, password });
const login = (email: string, password: string) => app.anyone.post('/auth/login', { email, password });
const linkTo = (email: string) => mailbox.lastToken(email, 'reset-password');

/** The token somebody gets who has forgotten the password. */
async function forgotten({ email }: GivenUser): Promise<string> {
  expect((await forgot(email)).status).toBe(202);
  return linkTo(email);
}

async function actions({ id }: GivenUser): Promise<string[]> {
  const rows = await app.database.query<{ action: string }>(
    `SELECT action FROM audit_logs WHERE resource = $1 ORDER BY id`,
    [`user:${id}`],
  );
  return rows.map(({ action }) => action);
}

describe('whoever has forgotten the password', () => {
  it('gets a link and chooses a new one; every session ends, on every replica', async () => {
    const ada = await app.given.signedIn();
    const elsewhere = await app.given.signInByPassword(ada);
    for (const session of [ada, elsewhere])
      for (const replica of [app, other])
        expect((await replica.as(session).get('/auth/profile')).status).toBe(200);
    const token = await forgotten(ada);
    expect((await app.as(ada).get('/auth/profile')).status).toBe(200);
    expect(await reset(token)).toMatchObject({ status: 204, text: '', cookies: [] });
    for (const session of [ada, elsewhere]) {
      expect(await app.as(session).get('/auth/profile')).toMatchObject({
        status: 401,
        body: { code: 'credential_revoked' },
      });
      await eventually(async () => expect((await other.as(session).get('/auth/profile')).status).toBe(401), {
        within: 1_000,
      });
      const refresh = await other.anyone.post('/auth/refresh', { refresh_token: session.refreshToken });
      expect(refresh.status).toBe(401);
    }
    expect((await login(ada.email, PASSWORD)).status).toBe(401);
    expect((await login(ada.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('is told that it was changed, and has proven the address', async () => {
    const ada = await app.given.user();
    expect((await reset(await forgotten(ada))).status).toBe(204);
    expect(await mailbox.subjects(ada.email)).toEqual(['Choose a new password', 'Your password was changed']);
    expect(await mailbox.text(ada.email)).toContain('from 127.0.0.1');
    const signedIn = await login(ada.email, NEW_PASSWORD);
    expect(signedIn.body.user.email_verified).toBe(true);
    expect(await actions(ada)).toEqual([
      'user.request_password_reset',
      'user.reset_password',
      'user.verify_email',
    ]);
  });

  it('may try again after a password that is too weak, and only then uses the link up', async () => {
    const ada = await app.given.user();
    const token = await forgotten(ada);
    for (const weak of ['short', 'qwertyuiop12', `${ada.username}-1`]) {
      const answer = await reset(token, weak);
      expect(answer).toMatchObject({ status: 400, body: { code: 'weak_password' } });
      expect(answer.body.errors[0].field).toBe('password');
    }
    expect((await login(ada.email, PASSWORD)).status).toBe(200);
    expect((await reset(token)).status).toBe(204);
  });

  it('has a day for it', async () => {
    const [early, late] = [await app.given.user(), await app.given.user()];
    const tokens = [await forgotten(early), await forgotten(late)];
    app.clock.advance(DAY - 60);
    expect((await reset(tokens[0])).status).toBe(204);
    app.clock.advance(120);
    expect(await reset(tokens[1])).toMatchObject(REFUSED);
    expect((await login(late.email, PASSWORD)).status).toBe(200);
  });

  it('goes by the last link alone, also when both were asked for at once', async () => {
    const ada = await app.given.user();
    await Promise.all([forgot(ada.email), forgot(ada.email, other.anyone)]);
    const tokens = await mailbox.tokens(ada.email, 'reset-password');
    expect(tokens).toHaveLength(2);
    const codes = [];
    for (const token of tokens) codes.push((await reset(token, TOO_WEAK)).body.code);
    expect(codes.sort()).toEqual(['invalid_token', 'weak_password']);
    const latest = await forgotten(ada);
    for (const token of tokens) expect(await reset(token)).toMatchObject(REFUSED);
    expect((await reset(latest)).status).toBe(204);
  });

  it('is not kept waiting for what strangers tried before', async () => {
    const ada = await app.given.user();
    app.clock.hold();
    for (let i = 0; i < 11; i++) await login(ada.email, 'a wrong guess');
    expect((await login(ada.email, PASSWORD)).status).toBe(429);
    app.clock.letGo();
    expect((await reset(await forgotten(ada))).status).toBe(204);
    expect((await login(ada.email, NEW_PASSWORD)).status).toBe(200);
    expect((await app.anyone.post('/auth/login', { username: ada.username, password: 'x' })).status).toBe(
      401,
    );
  });
});

describe('a link to reset the password', () => {
  it('is none of other purposes, and those are none of this', async () => {
    const email = 'purpose@example.com';
    await app.anyone.post('/auth/register', { email, username: 'purpose', password: PASSWORD });
    const verification = await mailbox.lastToken(email, 'verify-email');
    expect(await reset(verification)).toMatchObject(REFUSED);
    expect((await app.anyone.post('/auth/email/verify', { token: verification })).status).toBe(204);
    expect((await login(email, PASSWORD)).status).toBe(200);
  });

  it('ends with the address it went to', async () => {
    const ada = await app.given.user();
    const token = await forgotten(ada);
    await app.database.query(`UPDATE users SET email = 'moved-' || email WHERE id = $1`, [ada.id]);
    expect(await reset(token)).toMatchObject(REFUSED);
  });

  it('ends with a deactivation, for good', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const ada = await app.given.user();
    const token = await forgotten(ada);
    await app.as(admin).patch(`/users/${ada.id}`, { is_active: false });
    expect(await reset(token)).toMatchObject(REFUSED);
    await app.as(admin).patch(`/users/${ada.id}`, { is_active: true });
    expect(await reset(token)).toMatchObject(REFUSED);
    expect((await login(ada.email, PASSWORD)).status).toBe(200);
  });

  it('ends when its owner changes the password, who is told of the change', async () => {
    const ada = await app.given.signedIn();
    const token = await forgotten(ada);
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    expect((await app.as(ada).post('/auth/password/change', change)).status).toBe(204);
    expect(await reset(token, 'another phrase 77 marble')).toMatchObject(REFUSED);
    expect(await mailbox.subjects(ada.email)).toEqual(['Choose a new password', 'Your password was changed']);
  });

  it('points to our own address, whatever the caller says of it', async () => {
    const ada = await app.given.user();
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.example',
      origin: 'https://cloud.example.com',
      referer: 'https://evil.example/',
    };
    expect((await forgot(ada.email, app.anyone.with(forged))).status).toBe(202);
    expect(await mailbox.tokens(ada.email, 'reset-password')).toHaveLength(1);
    expect(await mailbox.text(ada.email)).not.toContain('evil');
  });

  it('is kept nowhere but in the mail', async () => {
    const ada = await app.given.user();
    const token = await forgotten(ada);
    const everything = await app.database.query<{ all: string }>(
      `SELECT (SELECT coalesce(string_agg(t::text, ''), '') FROM one_time_tokens t)
           || (SELECT coalesce(string_agg(m::text, ''), '') FROM mail_outbox m)
           || (SELECT coalesce(string_agg(a::text, ''), '') FROM audit_logs a) AS all`,
    );
    const kept = everything[0]?.all ?? '';
    expect(kept).toContain(ada.id);
    for (const form of [
      token,
      Buffer.from(token).toString('hex'),
      Buffer.from(token, 'base64url').toString('hex'),
    ])
      expect(kept).not.toContain(form);
  });

  it.each([[undefined], [null], [''], [42], [['x']], [{ $ne: '' }], ['x'.repeat(513)]])(
    'that is none at all (%j) is named',
    async (token) => {
      const { status, body } = await reset(token);
      expect([status, body.code, body.errors[0].field]).toEqual([400, 'validation_failed', 'token']);
    },
  );
});

describe('tokens and factors of the account', () => {
  it('stay when its address had been verified before', async () => {
    const ada = await app.given.signedIn();
    await app.database.query('UPDATE users SET email_verified = true WHERE id = $1', [ada.id]);
    const pat = await app.given.personalToken(ada, ['profile:read']);
    expect((await reset(await forgotten(ada))).status).toBe(204);
    expect((await app.as(pat).get('/auth/profile')).status).toBe(200);
  });

  it('end when the reset is the first proof of the address: somebody else may have made them', async () => {
    const squatter = await app.given.signedIn({ role: 'operator' });
    const pat = await app.given.personalToken(squatter, ['profile:read']);
    const key = await app.given.apiKey(squatter, ['files:read']);
    await addPhone(app, squatter);
    for (const one of [pat, key]) expect((await other.as(one).get('/auth/verify')).status).toBe(200);
    expect((await reset(await forgotten(squatter))).status).toBe(204);
    expect((await login(squatter.email, NEW_PASSWORD)).body.access_token).toBeDefined();
    for (const one of [pat, key]) {
      expect((await app.as(one).get('/auth/verify')).status).toBe(401);
      await eventually(async () => expect((await other.as(one).get('/auth/verify')).status).toBe(401), {
        within: 1_000,
      });
    }
  });
});
