import { randomBytes } from 'node:crypto';
import { OneTimeTokens } from '../../src/common/one-time-tokens/one-time-tokens.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { PASSWORD } from '../support/factories/given.js';
import { mailedToken } from '../support/mailed.js';

let app: TestApp;
let admin: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
  admin = app.as(await app.given.signedIn({ role: 'admin' }));
});
afterAll(() => app.stop());

function somebody() {
  const tag = randomBytes(4).toString('hex');
  return { email: `new-${tag}@example.com`, username: `new-${tag}` };
}

/** Somebody who manages people, and holds nothing else beyond a user's scopes. */
async function manager(organizationId?: string) {
  const name = `manager-${randomBytes(4).toString('hex')}`;
  const { body } = await admin.get('/roles/user');
  const scopes = [...body.scopes, 'users:manage', 'users:read'];
  expect((await admin.post('/roles', { name, scopes })).status).toBe(201);
  return app.given.signedIn({ role: name, ...(organizationId === undefined ? {} : { organizationId }) });
}

const actionsOn = async (id: string) =>
  (
    await app.database.query<{ action: string }>(
      'SELECT action FROM audit_logs WHERE resource = $1 ORDER BY id',
      [`user:${id}`],
    )
  ).map(({ action }) => action);

const signIn = (email: string) => app.anyone.post('/auth/login', { email, password: PASSWORD });

describe('an account made for somebody', () => {
  it('with a password can sign in', async () => {
    const person = somebody();
    const { status, body } = await admin.post('/users', {
      ...person,
      full_name: 'Ada Lovelace',
      role: 'viewer',
      password: PASSWORD,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...person,
      full_name: 'Ada Lovelace',
      role: 'viewer',
      email_verified: false,
      is_active: true,
    });
    expect((await signIn(person.email)).status).toBe(200);
    expect(await actionsOn(body.id)).toEqual(['user.create']);
  });

  it('gets a name without the blanks around it, and none of blanks', async () => {
    const { id } = await app.given.user();
    expect((await admin.patch(`/users/${id}`, { full_name: ' Ada ' })).body.full_name).toBe('Ada');
    expect((await admin.patch(`/users/${id}`, { full_name: ' ' })).status).toBe(400);
  });

  it('without one gets a mail to choose it', async () => {
    const person = somebody();
    const { body } = await admin.post('/users', person);
    expect(body.role).toBe('user');
    expect((await signIn(person.email)).status).toBe(401);
    const token = await mailedToken(app, person.email);
    const tokens = app.cloudkeep.nest.get(OneTimeTokens);
    expect(await tokens.look('password-reset', token)).toEqual({
      subject: `user:${body.id}`,
      data: { email: person.email },
    });
  });

  it('is made once, however often it is asked for', async () => {
    const person = { ...somebody(), password: PASSWORD };
    const ten = await Promise.all(Array.from({ length: 6 }, () => admin.post('/users', person)));
    expect(ten.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(await admin.post('/users', { ...person, email: person.email.toUpperCase() })).toMatchObject({
      status: 409,
      body: { code: 'email_taken', errors: [{ field: 'email' }, { field: 'username' }] },
    });
  });

  it.each([
    [{ email: 'nobody' }, 400, 'email'],
    [{ username: 'a b' }, 400, 'username'],
    [{ password: 'password1234' }, 400, 'password'],
    [{ password: null }, 400, 'password'],
    [{ role: 'no-such' }, 400, 'role'],
    [{ is_active: false }, 400, 'is_active'],
    [{ organization_id: '01900000-0000-7000-8000-000000000001' }, 400, 'organization_id'],
    [{ scopes: ['admin'] }, 400, 'scopes'],
    [{ email_verified: true }, 400, 'email_verified'],
    [{ email: '"quoted part"@example.com' }, 400, 'email'],
  ])('is refused with %j', async (change, status, field) => {
    const person = somebody();
    const answer = await admin.post('/users', { ...person, ...change });
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field }));
    expect(await app.database.query('SELECT FROM users WHERE username = $1', [person.username])).toEqual([]);
  });

  it('holds no more than whoever made it, who must manage users', async () => {
    const client = app.as(await manager());
    expect((await client.post('/users', somebody())).status).toBe(201);
    expect(await client.post('/users', { ...somebody(), role: 'admin' })).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope' },
    });
    const operator = app.as(await app.given.signedIn({ role: 'operator' }));
    expect((await operator.post('/users', somebody())).status).toBe(403);
  });
});

describe('ending access', () => {
  it('is in the trail, and keeps nobody from signing in again', async () => {
    const user = await app.given.signedIn();
    expect((await admin.post(`/users/${user.id}/revoke-sessions`)).status).toBe(204);
    expect((await app.as(user).get('/auth/verify')).body.code).toBe('credential_revoked');
    expect((await signIn(user.email)).status).toBe(200);
    expect(await actionsOn(user.id)).toContain('user.revoke_access');
  });

  it('by a forced reset: the password is dead, sessions end, a mail is sent', async () => {
    const user = await app.given.signedIn();
    expect((await admin.post(`/users/${user.id}/force-password-reset`)).status).toBe(204);
    expect((await app.as(user).get('/auth/verify')).status).toBe(401);
    expect((await signIn(user.email)).status).toBe(401);
    const first = await mailedToken(app, user.email);
    expect((await admin.post(`/users/${user.id}/force-password-reset`)).status).toBe(204);
    const tokens = app.cloudkeep.nest.get(OneTimeTokens);
    expect(await tokens.look('password-reset', first)).toBeNull();
    expect(await actionsOn(user.id)).toContain('user.force_password_reset');
  });

  it('takes power over the user', async () => {
    const client = app.as(await manager());
    const mighty = await app.given.signedIn({ role: 'admin' });
    const weak = await app.given.signedIn();
    for (const verb of ['revoke-sessions', 'force-password-reset']) {
      expect((await client.post(`/users/${mighty.id}/${verb}`)).status).toBe(403);
      expect((await client.post(`/users/${weak.id}/${verb}`)).status).toBe(204);
    }
    expect((await app.as(mighty).get('/auth/verify')).status).toBe(200);
    expect((await client.patch(`/users/${mighty.id}`, { full_name: 'Small' })).status).toBe(403);
    expect((await client.delete(`/users/${mighty.id}`)).status).toBe(403);
    expect((await client.delete(`/users/${weak.id}`)).status).toBe(204);
  });

  it('is 404 for strangers', async () => {
    const organizationId = await app.given.organization();
    const stranger = app.as(await app.given.signedIn({ role: 'admin', organizationId }));
    const user = await app.given.signedIn();
    for (const answer of [
      await stranger.post(`/users/${user.id}/revoke-sessions`),
      await stranger.post(`/users/${user.id}/force-password-reset`),
      await stranger.delete(`/users/${user.id}`),
      await stranger.get(`/users/${user.id}/export`),
    ])
      expect(answer).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
    expect((await app.as(user).get('/auth/verify')).status).toBe(200);
    expect((await signIn(user.email)).status).toBe(200);
  });
});

describe('the last admin', () => {
  it('stays, under parallel deletions too', async () => {
    const organizationId = await app.given.organization();
    const admins = await Promise.all(
      [1, 2, 3].map(() => app.given.signedIn({ role: 'admin', organizationId })),
    );
    // Everybody deletes the next.
    const answers = await Promise.all(
      admins.map((one, n) => app.as(one).delete(`/users/${admins[(n + 1) % admins.length]?.id}`)),
    );
    expect(answers.every(({ status }) => [204, 401, 404, 409].includes(status))).toBe(true);
    const left = await app.database.query('SELECT FROM users WHERE organization_id = $1', [organizationId]);
    expect(left.length).toBeGreaterThan(0);
  });

  it('is deleted neither by themselves nor by a peer without their role', async () => {
    const organizationId = await app.given.organization();
    const only = await app.given.signedIn({ role: 'admin', organizationId });
    expect(await app.as(only).delete(`/users/${only.id}`)).toMatchObject({
      status: 409,
      body: { code: 'own_account' },
    });
    expect(await app.as(only).post('/roles', { name: 'shadow', scopes: ['admin'] })).toMatchObject({
      status: 201,
    });
    const shadow = await app.given.signedIn({ role: 'shadow', organizationId });
    expect(await app.as(shadow).delete(`/users/${only.id}`)).toMatchObject({
      status: 409,
      body: { code: 'last_admin' },
    });
  });
});
