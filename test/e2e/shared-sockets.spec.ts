import type { Namespace } from 'socket.io';
import { SocketRooms } from '../../src/modules/sandbox/socket-rooms.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { RoundRobin } from '../support/round-robin.js';
import { Dashboard, logged, numbered, opened } from '../support/sandbox.js';
import { Traffic } from '../support/traffic.js';

const SOON = { within: 3_000 };

describeWithRedis('sockets of two replicas that share a Redis', () => {
  let redis: RedisServer;
  let app: TestApp;
  let other: TestApp;
  let user: SignedIn;
  let id: string;
  let here: Dashboard;
  let there: Dashboard;
  beforeAll(async () => {
    redis = await RedisServer.start();
    const env = { REDIS_URL: redis.url, RATE_LIMIT_LOGIN: '5/60' };
    app = await TestApp.start({ env });
    other = await TestApp.start({ env, replicaOf: app });
    user = await app.given.signedIn();
    id = await opened(app.as(user));
    here = await open(app);
    there = await open(other);
  });
  afterAll(async () => {
    here.close();
    there.close();
    await other.stop();
    await app.stop();
    await redis.stop();
  });

  async function open(replica: TestApp): Promise<Dashboard> {
    const dashboard = Dashboard.open(replica, { token: user.token, session_id: id, last_seq: 0 });
    await eventually(() => expect(dashboard.of('welcome')).toHaveLength(1), SOON);
    return dashboard;
  }

  const say = (replica: TestApp, text: string) =>
    (Reflect.get(replica.cloudkeep.nest.get(SocketRooms), 'namespace') as Namespace).emit('notice', { text });
  const heard = (dashboard: Dashboard, text: string) =>
    dashboard.of('notice').filter((notice) => notice.text === text).length;

  it('hear what is said to all on either, once', async () => {
    await eventually(async () => {
      say(app, 'warm-up');
      await new Promise(setImmediate);
      expect(heard(there, 'warm-up')).toBeGreaterThan(0);
    }, SOON);
    say(app, 'from here');
    say(other, 'from there');
    for (const dashboard of [here, there])
      for (const text of ['from here', 'from there'])
        await eventually(() => expect(heard(dashboard, text)).toBe(1), SOON);
  });

  it('get each line of a log once, not by way of Redis', async () => {
    await Promise.all([logged(app, id, numbered(1, 50)), logged(other, id, numbered(51, 100))]);
    for (const dashboard of [here, there]) {
      await eventually(() => expect(dashboard.seqs.length).toBeGreaterThanOrEqual(100), SOON);
      expect(dashboard.seqs).toEqual([...new Set(dashboard.seqs)].sort((a, b) => a - b));
    }
  });

  it('stay connected and hear their logs while Redis is away, and each other when it is back', async () => {
    const before = here.seqs.length;
    await redis.kill();
    say(app, 'into the void');
    await logged(other, id, numbered(1, 10));
    for (const dashboard of [here, there]) {
      await eventually(() => expect(dashboard.seqs.length).toBe(before + 10), SOON);
      expect(dashboard.closed).toBeNull();
    }
    expect(heard(here, 'into the void')).toBe(1);
    await redis.resume();
    await eventually(
      async () => {
        say(app, 'again');
        await new Promise(setImmediate);
        expect(heard(there, 'again')).toBeGreaterThan(0);
      },
      { within: 5_000 },
    );
  });

  it('fail nobody while it is killed and started again under load, and then share all as before', async () => {
    const proxy = await RoundRobin.before(app.url, other.url);
    const people = [{ user, sessionId: id }];
    for (let n = 0; n < 2; n++) {
      const another = await app.given.signedIn();
      people.push({ user: another, sessionId: await opened(app.as(another)) });
    }
    const traffic = new Traffic(proxy.url, people);
    const moreRequests = async (count: number) => {
      const { requests } = traffic;
      await eventually(() => expect(traffic.requests).toBeGreaterThan(requests + count), SOON);
    };
    const bothSay = async (status: string) => {
      for (const { anyone } of [app, other])
        await eventually(async () => expect((await anyone.get('//health')).body.status).toBe(status), {
          within: 5_000,
        });
    };
    try {
      await moreRequests(10);
      await redis.kill();
      await bothSay('degraded');
      await moreRequests(20);
      await redis.resume();
      await bothSay('healthy');
      for (const [from, to] of [
        [app, there],
        [other, here],
      ] as const)
        await eventually(async () => {
          say(from, `by ${from.url}`);
          await new Promise(setImmediate);
          expect(heard(to, `by ${from.url}`)).toBeGreaterThan(0);
        }, SOON);
      const { email } = await app.given.user();
      const guesses: number[] = [];
      for (let n = 0; n < 7; n++) {
        const { anyone } = n % 2 === 0 ? app : other;
        guesses.push((await anyone.post('/auth/login', { email, password: 'wrong' })).status);
      }
      expect(guesses).toEqual([401, 401, 401, 401, 401, 429, 429]);
      await moreRequests(10);
    } finally {
      await traffic.end();
      await proxy.stop();
    }
    expect(traffic.failures).toEqual([]);
    for (const dashboard of [here, there]) expect(dashboard.closed).toBeNull();
  });
});
