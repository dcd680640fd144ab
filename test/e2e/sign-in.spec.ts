import { randomBytes } from 'node:crypto';
import { TestApp } from '../support/app.js';
import { PASSWORD } from '../support/factories/given.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

function registration(traits: Record<string, unknown> = {}) {
  const tag = randomBytes(4).toString('hex');
  return { email: `ada-${tag}@example.com`, username: `Ada-${tag}`, password: PASSWORD, ...traits };
}

describe('registering', () => {
  it('creates an account, signs in and tells who one is', async () => {
    const request = registration({ full_name: '  Ada Lovelace ' });
    const { status, body } = await app.anyone.post('/auth/register', request);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      token_type: 'bearer',
      expires_in: 1800,
      user: {
        email: request.email,
        username: request.username,
        full_name: 'Ada Lovelace',
        role: 'user',
        is_active: true,
        email_verified: false,
        mfa_enabled: false,
        active_sessions_count: 1,
      },
    });
    const profile = await app.as(body.access_token).get('/auth/profile');
    expect(profile.body).toEqual(body.user);
  });

  it('keeps the e-mail address trimmed and in lower case', async () => {
    const request = registration();
    const { body } = await app.anyone.post('/auth/register', {
      ...request,
      email: `  ${request.email.toUpperCase()} `,
    });
    expect(body.user.email).toBe(request.email);
  });

  it('refuses what is taken in any case and names both fields', async () => {
    const request = registration();
    await app.anyone.post('/auth/register', request);
    const again = {
      ...request,
      email: request.email.toUpperCase(),
      username: request.username.toUpperCase(),
    };
    const { status, body } = await app.anyone.post('/auth/register', again);
    expect(status).toBe(409);
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual(['email', 'username']);
    const onlyName = await app.anyone.post('/auth/register', { ...again, email: registration().email });
    expect(onlyName.body).toMatchObject({ code: 'username_taken', errors: [{ field: 'username' }] });
  });

  it('lets one of two registrations at once have the name', async () => {
    const request = registration();
    const both = await Promise.all([1, 2].map(() => app.anyone.post('/auth/register', request)));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('lists every bad field at once', async () => {
    const { status, body } = await app.anyone.post('/auth/register', {
      email: 'nobody',
      username: '-',
      password: 'short',
      full_name: '',
      role: 'admin',
    });
    expect(status).toBe(400);
    const fields = new Set(body.errors.map(({ field }: { field: string }) => field));
    expect(fields).toEqual(new Set(['email', 'username', 'password', 'full_name', 'role']));
  });

  it.each([
    ['common', 'password123456'],
    ['repetitive', 'abcabcabcabcabc'],
    ['too short', 'k7#vQp2!'],
    ['too long', 'x7Kq'.repeat(33)],
    ['the product with a tail', 'Cloudkeep2024!'],
  ])('refuses a password that is %s', async (_, password) => {
    const { status, body, text } = await app.anyone.post('/auth/register', registration({ password }));
    expect(status).toBe(400);
    expect(body.errors).toEqual([expect.objectContaining({ field: 'password' })]);
    expect(text).not.toContain(password);
  });

  it('refuses a password made of the registrant’s own name', async () => {
    const request = registration({ full_name: 'Augusta Byron' });
    const { status } = await app.anyone.post('/auth/register', {
      ...request,
      password: 'augusta-byron-1815',
    });
    expect(status).toBe(400);
  });
});

describe('signing in', () => {
  it('takes the e-mail or the username, trimmed and in any case', async () => {
    const user = await app.given.user();
    for (const name of [
      { email: user.email },
      { email: ` ${user.email.toUpperCase()} ` },
      { username: user.username },
      { username: `\t${user.username.toUpperCase()}` },
      { email: user.username },
    ]) {
      const { status, body } = await app.anyone.post('/auth/login', { ...name, password: PASSWORD });
      expect({ name, status, id: body.user?.id }).toEqual({ name, status: 200, id: user.id });
    }
  });

  it('tells an inactive account so, but only to who knows its password', async () => {
    const { email } = await app.given.user({ isActive: false });
    const known = await app.anyone.post('/auth/login', { email, password: PASSWORD });
    expect(known).toMatchObject({ status: 403, body: { code: 'account_inactive' } });
    const guessed = await app.anyone.post('/auth/login', { email, password: 'a wrong guess' });
    expect(guessed).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  });

  it('wants a name and a password', async () => {
    const { status, body } = await app.anyone.post('/auth/login', {});
    expect(status).toBe(400);
    const fields = body.errors.map(({ field }: { field: string }) => field);
    expect(new Set(fields)).toEqual(new Set(['email', 'password']));
  });
});

describe('the profile', () => {
  it('is what one may change of oneself, and nothing else', async () => {
    const user = await app.given.signedIn();
    const changed = await app.as(user).patch('/auth/profile', { full_name: ' Grace Hopper ' });
    expect(changed).toMatchObject({ status: 200, body: { full_name: 'Grace Hopper' } });
    const cleared = await app.as(user).patch('/auth/profile', { full_name: null });
    expect(cleared.body.full_name).toBeNull();
    const refused = await app.as(user).patch('/auth/profile', { full_name: 'Root', role: 'admin' });
    expect(refused.status).toBe(400);
    const profile = await app.as(user).get('/auth/profile');
    expect(profile.body).toMatchObject({ full_name: null, role: 'user', last_login: expect.any(String) });
  });

  it('counts the sessions that last', async () => {
    const first = await app.given.signedIn();
    const count = async () => (await app.as(first).get('/auth/profile')).body.active_sessions_count;
    expect(await count()).toBe(1);
    const second = await app.given.signInByPassword(first);
    expect(await count()).toBe(2);
    await app.as(second).post('/auth/logout');
    expect(await count()).toBe(1);
  });

  it('is told from the credential by verify', async () => {
    const user = await app.given.signedIn({ role: 'viewer' });
    const { status, body } = await app.as(user).get('/auth/verify');
    expect(status).toBe(200);
    expect(body).toMatchObject({ valid: true, user_id: user.id, credential: 'session' });
    expect(body.scopes).toEqual(expect.arrayContaining(['profile:read', 'files:read']));
    const seconds = (Date.parse(body.expires_at) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(1780);
    expect(seconds).toBeLessThanOrEqual(1800);
  });
});
