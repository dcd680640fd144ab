import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

const WITHIN_A_SECOND = { within: 1_000 };

describeWithRedis('two replicas that share a Redis', () => {
  let redis: RedisServer;
  let app: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    redis = await RedisServer.start();
    const env = {
      REDIS_URL: redis.url,
      RATE_LIMIT_LOGIN: '5/60',
      RATE_LIMIT_REQUESTS: '100',
    };
    app = await TestApp.start({ env });
    other = await TestApp.start({ env, replicaOf: app });
  });
  afterAll(async () => {
    await other.stop();
    await app.stop();
    await redis.stop();
  });
  afterEach(async () => {
    redis.thaw();
    await eventually(async () => expect(await cacheOf(app)).toEqual(WELL), { within: 5_000 });
    await eventually(async () => expect(await cacheOf(other)).toEqual(WELL), { within: 5_000 });
    await redis.tell(['FLUSHALL']);
  });

  const WELL = { status: 'healthy', detail: 'redis' };
  const cacheOf = async (replica: TestApp) => (await health(replica)).components.cache as unknown;
  const health = async (replica: TestApp) => (await replica.anyone.get('//health')).body;
  const guess = async (replica: TestApp, email: string) =>
    (await replica.anyone.post('/auth/login', { email, password: 'wrong' })).status;
  const profile = (replica: TestApp, user: SignedIn) => replica.as(user).get('/auth/profile');
  const fallbacks = async (replica: TestApp) =>
    Number(
      /^cloudkeep_rate_limit_fallbacks_total (\d+)$/m.exec((await replica.anyone.get('//metrics')).text)?.[1],
    );

  it('let exactly five of twenty sign-ins at once through, wherever they go', async () => {
    const { email } = await app.given.user();
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => guess(index % 2 === 0 ? app : other, email)),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });

  it('know of requests elsewhere within a second', async () => {
    const user = await app.given.signedIn();
    for (let i = 0; i < 100; i++) expect((await profile(app, user)).status).toBe(200);
    expect((await profile(app, user)).status).toBe(429);
    await eventually(async () => expect((await profile(other, user)).status).toBe(429), WITHIN_A_SECOND);
    const { headers } = await profile(other, user);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(headers['ratelimit-remaining']).toBe('0');
  });

  it('let nobody begin anew when the clocks of the processes step back or ahead', async () => {
    const { email } = await app.given.user();
    for (let i = 0; i < 5; i++) expect(await guess(i % 2 === 0 ? app : other, email)).toBe(401);
    for (const seconds of [-7_200, 9_000]) {
      app.clock.advance(seconds);
      expect([await guess(app, email), await guess(other, email)]).toEqual([429, 429]);
    }
    app.clock.advance(-1_800);
  });

  it('let nobody begin anew when Redis loses its data and its scripts', async () => {
    const { email } = await app.given.user();
    for (let i = 0; i < 5; i++) expect(await guess(i % 2 === 0 ? app : other, email)).toBe(401);
    await redis.tell(['FLUSHALL'], ['SCRIPT', 'FLUSH']);
    expect([await guess(app, email), await guess(app, email)]).toEqual([429, 429]);
    const another = await app.given.user();
    expect(await guess(app, another.email)).toBe(401);
  });

  it('go on while Redis is dead, count by themselves, say so, and come back', async () => {
    const { email } = await app.given.user();
    const user = await app.given.signedIn();
    for (let i = 0; i < 5; i++) expect(await guess(app, email)).toBe(401);
    const before = await fallbacks(app);
    await redis.kill();
    await eventually(
      async () =>
        expect(await health(app)).toMatchObject({
          status: 'degraded',
          components: { cache: { status: 'unhealthy' } },
        }),
      { within: 2_000 },
    );
    expect((await app.anyone.get('//health/ready')).status).toBe(200);
    expect(await guess(app, email)).toBe(429);
    expect((await profile(app, user)).status).toBe(200);
    const stranger = await app.given.user();
    const alone = [];
    for (let i = 0; i < 6; i++) alone.push(await guess(app, stranger.email));
    expect(alone).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await fallbacks(app)).toBeGreaterThanOrEqual(before + 7);
    await redis.resume();
    await eventually(async () => expect(await cacheOf(app)).toEqual(WELL), { within: 5_000 });
    expect((await health(app)).status).toBe('healthy');
    // What was counted meanwhile still holds.
    expect(await guess(app, stranger.email)).toBe(429);
  });

  it('wait a tenth of a second for one that hangs, and no longer', async () => {
    const { email } = await app.given.user();
    const user = await app.given.signedIn();
    await profile(app, user);
    redis.freeze();
    const began = performance.now();
    expect(await guess(app, email)).toBe(401);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect((await profile(app, user)).status).toBe(200);
    expect(await cacheOf(app)).toMatchObject({ status: 'unhealthy' });
  });
});

describe('a Redis that is not there at the start', () => {
  it('keeps nobody from starting', async () => {
    const app = await TestApp.start({ env: { REDIS_URL: 'redis://127.0.0.1:1', RATE_LIMIT_LOGIN: '1/60' } });
    try {
      const { status, body } = await app.anyone.get('//health');
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'degraded', components: { cache: { status: 'unhealthy' } } });
      const login = () => app.anyone.post('/auth/login', { email: 'x@example.com', password: 'wrong' });
      expect([(await login()).status, (await login()).status]).toEqual([401, 429]);
    } finally {
      await app.stop();
    }
  });
});
