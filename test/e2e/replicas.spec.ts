import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

/** Two replicas on one database. */
let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
  other = await TestApp.start({ replicaOf: app });
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

const WITHIN_A_SECOND = { within: 1000 };

interface Credential {
  readonly token: string;
}

const statusOn = async (replica: TestApp, credential: Credential, path = '/auth/verify') =>
  (await replica.as(credential).get(path)).status;

/** Both replicas have seen the credential, so both would answer from memory. */
async function knownOnBoth(credential: Credential): Promise<void> {
  expect(await statusOn(app, credential)).toBe(200);
  expect(await statusOn(other, credential)).toBe(200);
}

async function isCacheTrusted(replica: TestApp): Promise<boolean> {
  return (await replica.anyone.get('//health')).body.components.cache.status === 'healthy';
}

describe('what an admin decides', () => {
  it('about a role holds at once here and within a second elsewhere', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const user = await app.given.signedIn();
    await knownOnBoth(user);
    const change = await app.as(admin).patch(`/users/${user.id}`, { role: 'operator' });
    expect(change.status).toBe(200);
    expect(await statusOn(app, user, '/users')).toBe(200);
    await eventually(async () => expect(await statusOn(other, user, '/users')).toBe(200), WITHIN_A_SECOND);
    await app.as(admin).patch(`/users/${user.id}`, { role: 'guest' });
    expect(await statusOn(app, user, '/users')).toBe(403);
    await eventually(async () => expect(await statusOn(other, user, '/users')).toBe(403), WITHIN_A_SECOND);
    await eventually(
      async () => expect((await other.as(user).get('/auth/profile')).body.role).toBe('guest'),
      WITHIN_A_SECOND,
    );
  });

  it('about an account ends every session of it, here and elsewhere, and for good', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const user = await app.given.signedIn();
    const second = await app.given.signInByPassword(user);
    for (const session of [user, second]) await knownOnBoth(session);
    await app.as(admin).patch(`/users/${user.id}`, { is_active: false });
    for (const session of [user, second]) {
      expect(await statusOn(app, session)).toBe(401);
      await eventually(async () => expect(await statusOn(other, session)).toBe(401), WITHIN_A_SECOND);
    }
    await expect(app.given.signInByPassword(user)).rejects.toThrow('account_inactive');
    await app.as(admin).patch(`/users/${user.id}`, { is_active: true });
    for (const replica of [app, other]) expect(await statusOn(replica, user)).toBe(401);
    await knownOnBoth(await app.given.signInByPassword(user));
  });

  it.each([
    ['ending somebody’s access', 'post', '/revoke-sessions'],
    ['erasing somebody', 'delete', ''],
  ] as const)('by %s ends sessions and tokens here and elsewhere; keys go on', async (_, method, path) => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const user = await app.given.signedIn({ role: 'operator' });
    const token = await app.given.personalToken(user, ['profile:read']);
    const key = await app.given.apiKey(user, ['profile:read']);
    for (const one of [user, token, key]) await knownOnBoth(one);
    expect((await app.as(admin).send(method, `/users/${user.id}${path}`)).status).toBe(204);
    for (const one of [user, token]) {
      expect(await statusOn(app, one)).toBe(401);
      await eventually(async () => expect(await statusOn(other, one)).toBe(401), WITHIN_A_SECOND);
    }
    const { body } = await other.as(key).get('/auth/verify');
    expect(body).toMatchObject({ valid: true, credential: 'api_key' });
    expect((await other.anyone.post('/auth/refresh', { refresh_token: user.refreshToken })).status).toBe(401);
  });

  it('about what a role may do holds for sessions, tokens and keys, within a second elsewhere', async () => {
    const admin = app.as(await app.given.signedIn({ role: 'admin' }));
    const scopes = ['users:read', 'tokens:write', 'api-keys:read', 'api-keys:write'];
    expect((await admin.post('/roles', { name: 'reader', scopes })).status).toBe(201);
    const holder = await app.given.signedIn({ role: 'reader' });
    const token = await app.given.personalToken(holder, ['users:read']);
    const key = await app.given.apiKey(holder, ['users:read']);
    const all = [holder, token, key];
    for (const one of all) expect(await statusOn(other, one, '/users')).toBe(200);
    await admin.patch('/roles/reader', { scopes: ['profile:read'] });
    for (const one of all)
      await eventually(async () => expect(await statusOn(other, one, '/users')).toBe(403), WITHIN_A_SECOND);
  });
});

describe('a logout', () => {
  it('reaches the other replica within a second, as does a changed profile', async () => {
    const user = await app.given.signedIn();
    await knownOnBoth(user);
    await other.as(user).get('/auth/profile');
    await app.as(user).patch('/auth/profile', { full_name: 'Renamed' });
    await eventually(async () => {
      expect((await other.as(user).get('/auth/profile')).body.full_name).toBe('Renamed');
    }, WITHIN_A_SECOND);
    await app.as(user).post('/auth/logout');
    await eventually(async () => expect(await statusOn(other, user)).toBe(401), WITHIN_A_SECOND);
  });
});

describe('while the listener connection is down', () => {
  it('nothing is answered from memory, so a revocation still holds at once; then all is as before', async () => {
    const database = app.database;
    const user = await app.given.signedIn();
    const later = await app.given.signInByPassword(user);
    await knownOnBoth(user);
    await knownOnBoth(later);
    // No connection can be opened, so the listeners stay away; those of the pools live on.
    await database.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT 0`);
    expect(await database.cutConnections('cloudkeep-listener')).toBe(2);
    for (const replica of [app, other])
      await eventually(async () => expect(await isCacheTrusted(replica)).toBe(false), WITHIN_A_SECOND);
    expect((await app.as(user).post('/auth/logout')).status).toBe(204);
    expect(await statusOn(other, user)).toBe(401);
    expect(await statusOn(other, later)).toBe(200);
    await database.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT -1`);
    for (const replica of [app, other])
      await eventually(async () => expect(await isCacheTrusted(replica)).toBe(true), { within: 3000 });
    await knownOnBoth(later);
    await app.as(later).post('/auth/logout');
    await eventually(async () => expect(await statusOn(other, later)).toBe(401), WITHIN_A_SECOND);
  });

  it('a cut that heals by itself loses no revocation', async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => app.given.signedIn()));
    for (const user of users) await knownOnBoth(user);
    await app.database.cutConnections('cloudkeep-listener');
    await Promise.all(users.map((user) => app.as(user).post('/auth/logout')));
    await eventually(async () => {
      for (const user of users) expect(await statusOn(other, user)).toBe(401);
    }, WITHIN_A_SECOND);
  });
});
