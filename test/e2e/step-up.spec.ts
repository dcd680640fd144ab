import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { PASSWORD, type GivenUser } from '../support/factories/given.js';
import { addPhone, givenProtected, mfaToken } from '../support/second-factors.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const TEN_MINUTES = 600;
const newToken = (client: ApiClient) =>
  client.post('/auth/tokens', { name: 'A script', scopes: ['profile:read'] });
const outcome = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];
const REFUSED = [403, 'reauthentication_required'];

async function browserOf(user: GivenUser): Promise<{ client: ApiClient; cookie: string }> {
  const answer = await app.anyone.post('/auth/login?session=cookie', {
    email: user.email,
    password: PASSWORD,
  });
  const cookie = answer.cookies.map((line) => line.split(';', 1)[0]).join('; ');
  const headers = { cookie, 'x-csrf-token': answer.body.csrf_token as string };
  return { client: app.anyone.with(headers), cookie };
}

describe('what a stolen session must not do', () => {
  it.each([
    ['post', '/auth/mfa/totp', undefined],
    ['post', '/auth/mfa/totp/confirm', { code: '123456' }],
    ['delete', '/auth/mfa/totp', { code: '123456' }],
    ['post', '/auth/mfa/recovery-codes', undefined],
    ['post', '/auth/password/change', { current_password: PASSWORD, new_password: 'violet kettle 93 maple' }],
    ['post', '/auth/tokens', { name: 'A script', scopes: ['profile:read'] }],
    ['post', '/auth/identities', { provider: 'google' }],
    ['post', '/api-keys', { name: 'A service', scopes: ['profile:read'] }],
  ] as const)('%s %s asks for a proof of the last ten minutes', async (method, path, body) => {
    const user = await app.given.signedIn({ role: 'admin' });
    app.clock.advance(TEN_MINUTES - 20);
    expect((await app.as(user).send(method, path, body)).body.code).not.toBe('reauthentication_required');
    const other = await app.given.signedIn({ role: 'admin' });
    app.clock.advance(TEN_MINUTES + 20);
    expect(outcome(await app.as(other).send(method, path, body))).toEqual(REFUSED);
    expect((await app.as(other).get('/auth/profile')).status).toBe(200);
  });

  it('is told to scripts by nothing: a token that makes tokens goes on', async () => {
    const user = await app.given.signedIn();
    const script = await app.given.personalToken(user, ['tokens:write', 'profile:read']);
    app.clock.advance(3 * TEN_MINUTES);
    expect((await newToken(app.as(script))).status).toBe(201);
  });

  it('is not kept off by refreshing', async () => {
    const user = await app.given.signedIn();
    app.clock.advance(TEN_MINUTES + 20);
    const { body } = await app.anyone.post('/auth/refresh', { refresh_token: user.refreshToken });
    expect(outcome(await newToken(app.as(body.access_token as string)))).toEqual(REFUSED);
  });
});

describe('proving again who one is', () => {
  it('gives new tokens of a new session, and ends the old one', async () => {
    const user = await app.given.signedIn();
    app.clock.advance(TEN_MINUTES + 20);
    expect(outcome(await newToken(app.as(user)))).toEqual(REFUSED);
    const { status, body } = await app.as(user).post('/auth/reauthenticate', { password: PASSWORD });
    expect(status).toBe(200);
    expect(body.user.active_sessions_count).toBe(1);
    expect((await newToken(app.as(body.access_token as string))).status).toBe(201);
    expect(outcome(await app.as(user).get('/auth/profile'))).toEqual([401, 'credential_revoked']);
    const replayed = await app.anyone.post('/auth/refresh', { refresh_token: user.refreshToken });
    expect(replayed.status).toBe(401);
  });

  it('gives a browser a new cookie and a new proof against CSRF', async () => {
    const user = await app.given.user();
    const { client, cookie } = await browserOf(user);
    app.clock.advance(TEN_MINUTES + 20);
    expect(outcome(await newToken(client))).toEqual(REFUSED);
    const answer = await client.post('/auth/reauthenticate', { password: PASSWORD });
    expect(answer.status).toBe(200);
    const renewed = answer.cookies.map((line) => line.split(';', 1)[0]).join('; ');
    expect(renewed).toContain('cloudkeep_session=');
    expect(renewed).not.toBe(cookie);
    const fresh = app.anyone.with({ cookie: renewed, 'x-csrf-token': answer.body.csrf_token as string });
    expect((await newToken(fresh)).status).toBe(201);
    expect((await client.get('/auth/profile')).status).toBe(401);
    const forged = await app.anyone
      .with({ cookie: renewed })
      .post('/auth/reauthenticate', { password: PASSWORD });
    expect(outcome(forged)).toEqual([403, 'csrf_proof_missing']);
  });

  it('works for one of two at once', async () => {
    const user = await app.given.signedIn();
    const both = await Promise.all(
      [1, 2].map(() => app.as(user).post('/auth/reauthenticate', { password: PASSWORD })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    const next = both.find(({ status }) => status === 200)?.body.access_token as string;
    expect((await app.as(next).get('/auth/profile')).body.active_sessions_count).toBe(1);
  });

  it('takes no wrong password, and not many', async () => {
    const user = await app.given.signedIn();
    const guess = () => app.as(user).post('/auth/reauthenticate', { password: 'a wrong guess' });
    expect(outcome(await guess())).toEqual([400, 'wrong_password']);
    app.clock.hold();
    const more = await Promise.all(Array.from({ length: 14 }, guess));
    app.clock.letGo();
    expect(more.map(outcome)).toContainEqual([429, 'sign_in_paused']);
    expect((await app.as(user).get('/auth/profile')).status).toBe(200);
  });

  it('asks for what the account has', async () => {
    const plain = await app.given.signedIn();
    const nothing = await app.as(plain).post('/auth/reauthenticate', {});
    expect(nothing).toMatchObject({ status: 400, body: { errors: [{ field: 'password' }] } });
    const { user } = await givenProtected(app);
    const password = await app.as(user).post('/auth/reauthenticate', { password: PASSWORD });
    expect(password).toMatchObject({ status: 400, body: { errors: [{ field: 'code' }] } });
  });

  it('tells whoever has no password, nor another factor, to sign in anew', async () => {
    const user = await app.given.signedIn({ passwordHash: null });
    const answer = await app.as(user).post('/auth/reauthenticate', { password: PASSWORD });
    expect(outcome(answer)).toEqual([400, 'no_password']);
    const change = { current_password: PASSWORD, new_password: 'violet kettle 93 maple' };
    expect(outcome(await app.as(user).post('/auth/password/change', change))).toEqual([400, 'no_password']);
  });

  it('is for people only', async () => {
    const user = await app.given.signedIn();
    const token = await app.given.personalToken(user, ['profile:write']);
    const answer = await app.as(token).post('/auth/reauthenticate', { password: PASSWORD });
    expect(outcome(answer)).toEqual([403, 'session_required']);
  });
});

describe('an account with a second factor', () => {
  it('proves itself by a code, and each once', async () => {
    const { user, phone } = await givenProtected(app);
    app.clock.advance(TEN_MINUTES + 20);
    expect(outcome(await newToken(app.as(user)))).toEqual(REFUSED);
    const wrong = await app.as(user).post('/auth/reauthenticate', { code: phone.wrongCode() });
    expect(outcome(wrong)).toEqual([400, 'invalid_code']);
    const code = phone.nextCode();
    const { body } = await app.as(user).post('/auth/reauthenticate', { code });
    const renewed = app.as(body.access_token as string);
    expect((await newToken(renewed)).status).toBe(201);
    expect(outcome(await renewed.post('/auth/reauthenticate', { code }))).toEqual([400, 'invalid_code']);
  });

  it('has fresh sessions only where the second factor was seen', async () => {
    const user = await app.given.signedIn();
    const elsewhere = await app.given.signInByPassword(user);
    const { phone } = await addPhone(app, user);
    expect((await newToken(app.as(user))).status).toBe(201);
    expect(outcome(await newToken(app.as(elsewhere)))).toEqual(REFUSED);
    const { body } = await app.as(elsewhere).post('/auth/reauthenticate', { code: phone.nextCode() });
    expect((await newToken(app.as(body.access_token as string))).status).toBe(201);
  });

  it('is fresh from the code on, not from the password', async () => {
    const { user, phone } = await givenProtected(app);
    const token = await mfaToken(app, user);
    app.clock.advance(240);
    const { body } = await app.anyone.post('/auth/login/mfa', { mfa_token: token, code: phone.code() });
    app.clock.advance(TEN_MINUTES - 120);
    expect((await newToken(app.as(body.access_token as string))).status).toBe(201);
  });
});
