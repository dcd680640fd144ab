import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';

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

const statusOn = async (replica: TestApp, user: SignedIn, path = '/auth/verify') =>
  (await replica.as(user).get(path)).status;

/** Both replicas have seen the credential, so both would answer from memory. */
async function knownOnBoth(user: SignedIn): Promise<void> {
  expect(await statusOn(app, user)).toBe(200);
  expect(await statusOn(other, user)).toBe(200);
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
