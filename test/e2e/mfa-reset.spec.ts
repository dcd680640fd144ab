import { Mailbox } from '../support/mailbox.js';
import type { TestApp } from '../support/app.js';
import { PASSWORD, type GivenUser, type SignedIn } from '../support/factories/given.js';
import { addPhone, givenProtected, mfaToken } from '../support/second-factors.js';
import { SoftPasskey } from '../support/soft-passkey.js';

let mailbox: Mailbox;
let app: TestApp;
let admin: SignedIn;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  app = await mailbox.startApp();
  admin = await app.given.signedIn({ role: 'admin' });
});
afterAll(() => mailbox.close());

const SUBJECT = 'Your second factors were removed by an administrator';

const reset = (id: string, by = admin) => app.as(by).delete(`/users/${id}/mfa`);
const login = async ({ email }: GivenUser) =>
  (await app.anyone.post('/auth/login', { email, password: PASSWORD })).body;
const resetsOf = (id: string) =>
  app.database.query(`SELECT user_id, details FROM audit_logs WHERE action = 'mfa.reset' AND resource = $1`, [
    `user:${id}`,
  ]);

async function addPasskey(user: SignedIn): Promise<SoftPasskey> {
  const passkey = new SoftPasskey({ origin: 'https://cloud.example.com', verifiesUser: true });
  const { body } = await app.as(user).post('/auth/mfa/passkeys/options');
  const response = passkey.create(body.options);
  expect((await app.as(user).post('/auth/mfa/passkeys', { name: 'A key', response })).status).toBe(201);
  return passkey;
}

/** Somebody who manages people and holds nothing else beyond a user's scopes. */
async function manager(): Promise<SignedIn> {
  const { body } = await app.as(admin).get('/roles/user');
  await app.as(admin).post('/roles', { name: 'manager', scopes: [...body.scopes, 'users:manage'] });
  return app.given.signedIn({ role: 'manager' });
}

describe('somebody who has lost their second factors', () => {
  it('signs in with the password alone once an administrator took them away, and sets up anew', async () => {
    const { user, recoveryCodes } = await givenProtected(app);
    const passkey = await addPasskey(user);
    const begun = await mfaToken(app, user);
    expect((await reset(user.id)).status).toBe(204);

    const { access_token: token, user: profile } = await login(user);
    expect(profile.mfa_enabled).toBe(false);
    const again = { ...user, token: token as string };
    expect((await app.as(again).get('/auth/mfa')).body).toEqual({ methods: [], recovery_codes_left: 0 });
    const code = { mfa_token: begun, code: recoveryCodes[0] };
    expect((await app.anyone.post('/auth/login/mfa', code)).status).toBe(401);
    const { options } = (await app.anyone.post('/auth/login/passkey/options', {})).body;
    const alone = await app.anyone.post('/auth/login/passkey', { response: passkey.get(options) });
    expect(alone.status).toBe(401);

    const { phone } = await addPhone(app, again);
    const fresh = { mfa_token: await mfaToken(app, user), code: phone.nextCode() };
    expect((await app.anyone.post('/auth/login/mfa', fresh)).status).toBe(200);
  });

  it('is told by mail; the trail tells who did it', async () => {
    const { user } = await givenProtected(app);
    await reset(user.id);
    expect(await mailbox.subjects(user.email)).toContain(SUBJECT);
    expect(await mailbox.text(user.email)).toContain('Your password alone signs in now.');
    expect(await resetsOf(user.id)).toEqual([
      { user_id: admin.id, details: { methods: ['totp', 'recovery_code'] } },
    ]);
  });

  it('is signed out everywhere, at once; tokens and keys go on', async () => {
    const { user } = await givenProtected(app, { role: 'operator' });
    const pat = await app.given.personalToken(user, ['profile:read']);
    const key = await app.given.apiKey(user, ['profile:read']);
    await reset(user.id);
    expect((await app.as(user).get('/auth/verify')).status).toBe(401);
    const { status } = await app.anyone.post('/auth/refresh', { refresh_token: user.refreshToken });
    expect(status).toBe(401);
    for (const one of [pat, key]) expect((await app.as(one).get('/auth/verify')).status).toBe(200);
    const ended = await app.database.query('SELECT ended_reason FROM sessions WHERE id = $1', [
      user.sessionId,
    ]);
    expect(ended).toEqual([{ ended_reason: 'mfa_reset' }]);
  });

  it('is reset once, however often it is asked for', async () => {
    const { user } = await givenProtected(app);
    const answers = await Promise.all(Array.from({ length: 6 }, () => reset(user.id)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(204));
    expect(await resetsOf(user.id)).toHaveLength(1);
    expect((await mailbox.subjects(user.email)).filter((subject) => subject === SUBJECT)).toHaveLength(1);
  });

  it('that never were there stays signed in and hears nothing; a set-up half done is gone', async () => {
    const user = await app.given.signedIn();
    await app.as(user).post('/auth/mfa/totp');
    expect((await reset(user.id)).status).toBe(204);
    expect((await app.as(user).get('/auth/verify')).status).toBe(200);
    expect(await app.database.query('SELECT FROM totp_factors WHERE user_id = $1', [user.id])).toEqual([]);
    expect(await resetsOf(user.id)).toEqual([]);
    expect(await mailbox.subjects(user.email)).toEqual([]);
  });

  it('is reset where no mail can go', async () => {
    const { user } = await givenProtected(app);
    await app.database.query(`UPDATE users SET email = '"no mail"@example.com' WHERE id = $1`, [user.id]);
    expect((await reset(user.id)).status).toBe(204);
    expect(await resetsOf(user.id)).toHaveLength(1);
  });
});

describe('nobody takes second factors away', () => {
  it('without managing users, nor from somebody more powerful', async () => {
    const { user } = await givenProtected(app);
    const { user: mighty } = await givenProtected(app, { role: 'admin' });
    const operator = await app.given.signedIn({ role: 'operator' });
    const clerk = await manager();
    for (const answer of [await reset(user.id, operator), await reset(mighty.id, clerk)])
      expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    for (const one of [user, mighty]) expect((await app.as(one).get('/auth/verify')).status).toBe(200);
    expect((await login(mighty)).mfa_required).toBe(true);
    expect((await reset(user.id, clerk)).status).toBe(204);
  });

  it('of another organisation, of nobody, or from themselves', async () => {
    const { user } = await givenProtected(app);
    const organizationId = await app.given.organization();
    const stranger = await app.given.signedIn({ role: 'admin', organizationId });
    for (const answer of [await reset(user.id, stranger), await reset(user.sessionId)])
      expect(answer).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
    expect((await login(user)).mfa_required).toBe(true);
    const { user: self } = await givenProtected(app, { role: 'admin' });
    expect(await reset(self.id, self)).toMatchObject({
      status: 409,
      body: { code: 'own_account' },
    });
    expect((await app.as(admin).delete('/users/nobody/mfa')).status).toBe(404);
  });

  it('by a token or a key, or without a fresh proof', async () => {
    const { user } = await givenProtected(app);
    const chief = await app.given.signedIn({ role: 'admin' });
    const pat = await app.given.personalToken(chief, ['users:manage']);
    const key = await app.given.apiKey(chief, ['users:manage']);
    for (const one of [pat, key])
      expect(await app.as(one).delete(`/users/${user.id}/mfa`)).toMatchObject({
        status: 403,
        body: { code: 'session_required' },
      });
    app.clock.advance(601);
    expect(await reset(user.id, chief)).toMatchObject({
      status: 403,
      body: { code: 'reauthentication_required' },
    });
    expect((await login(user)).mfa_required).toBe(true);
  });
});
