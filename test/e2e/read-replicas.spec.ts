import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { A_REDIS, HAS_REDIS, RedisServer } from '../support/redis-server.js';
import { Standby } from '../support/standby.js';
import { itWhere } from '../support/where.js';

/** The application on a primary and a streaming replica of it, and one replica that nobody answers at. */
let standby: Standby;
let app: TestApp;
let admin: SignedIn;
let stopFirst: () => Promise<void>;
beforeAll(async () => {
  const first = await TestApp.start();
  standby = await Standby.start();
  const replicas = `${standby.urlOf(first.database)},postgres://nobody@127.0.0.1:1/nowhere`;
  app = await TestApp.start({ replicaOf: first, env: { DATABASE_REPLICA_URLS: replicas } });
  stopFirst = () => first.stop();
  admin = await app.given.signedIn({ role: 'admin' });
});
afterAll(async () => {
  await app.stop();
  await standby.stop();
  await stopFirst();
});

const begin = async (user: SignedIn, title: string) =>
  expect((await app.as(user).post('/conversations', { title })).status).toBe(201);
const titles = async (user: SignedIn, query = '') => {
  const { status, body } = await app.as(user).get(`/conversations${query}`);
  expect(status).toBe(200);
  return (body.items as { title: string }[]).map(({ title }) => title);
};
const listed = async (reader: SignedIn, id: string) =>
  ((await app.as(reader).get('/users?limit=200')).body.items as { id: string }[]).some(
    (user) => user.id === id,
  );

it('shows lists from the replica, not from the primary', async () => {
  let late = await app.given.user();
  // Until it has caught up with all that other tests write, it is not asked.
  await eventually(
    async () => {
      await standby.resume();
      await standby.pause();
      late = await app.given.user();
      // Nobody but the replica could not know of the account.
      expect(await listed(admin, late.id)).toBe(false);
    },
    { within: 20_000 },
  );
  expect((await app.as(admin).get(`/users/${late.id}`)).status).toBe(200);
  await standby.resume();
  await eventually(async () => expect(await listed(admin, late.id)).toBe(true), { within: 5_000 });
});

it('shows everybody at once what they wrote, though the replica does not have it', async () => {
  const user = await app.given.signedIn();
  await standby.pause();
  await begin(user, 'Just begun');
  expect(await titles(user)).toEqual(['Just begun']);
  expect(await titles(user, '?q=begun')).toEqual(['Just begun']);
  await standby.resume();
});

itWhere(
  HAS_REDIS,
  A_REDIS,
  'knows of what was written in another process, where they share a Redis',
  async () => {
    const redis = await RedisServer.start();
    const env = { REDIS_URL: redis.url, DATABASE_REPLICA_URLS: standby.urlOf(app.database) };
    const here = await TestApp.start({ replicaOf: app, env });
    const there = await TestApp.start({ replicaOf: app, env });
    try {
      const user = await app.given.signedIn();
      const elsewhere = async () =>
        ((await there.as(user).get('/conversations')).body.items as { title: string }[]).map(
          ({ title }) => title,
        );
      // From here on both would ask the replica.
      await eventually(async () => expect(await elsewhere()).toEqual([]), { within: 5_000 });
      await standby.pause();
      expect((await here.as(user).post('/conversations', { title: 'From afar' })).status).toBe(201);
      expect(await elsewhere()).toEqual(['From afar']);
      // Who can not be asked about writers is not trusted with what may be old.
      await redis.kill();
      expect(await elsewhere()).toEqual(['From afar']);
    } finally {
      await standby.resume();
      await Promise.all([here.stop(), there.stop()]);
      await redis.stop();
    }
  },
);

it('leaves one out that is five seconds behind, and takes it back', async () => {
  await standby.pause();
  const late = await app.given.user();
  expect(await listed(admin, late.id)).toBe(false);
  await eventually(async () => expect(await listed(admin, late.id)).toBe(true), { within: 7_000 });
  await standby.resume();
});

it('keeps each organisation to its own rows on a replica, too', async () => {
  const stranger = await app.given.signedIn({
    role: 'admin',
    organizationId: await app.given.organization(),
  });
  await eventually(async () => expect(await listed(stranger, stranger.id)).toBe(true), { within: 5_000 });
  expect(await listed(stranger, admin.id)).toBe(false);
  expect(await listed(admin, stranger.id)).toBe(false);
});

it('goes on without the replica, and fails nobody', async () => {
  await standby.stop();
  const late = await app.given.user();
  expect(await listed(admin, late.id)).toBe(true);
  expect((await app.anyone.get('//health')).body.status).toBe('healthy');
});
