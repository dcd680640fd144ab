import { jest } from '@jest/globals';
import { ApiClient } from '../support/client.js';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { Given, type SignedIn } from '../support/factories/given.js';
import { MailServer } from '../support/mail-server.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { RoundRobin } from '../support/round-robin.js';
import { opened } from '../support/sandbox.js';
import { ServerProcess } from '../support/server-process.js';
import { LogReader, Traffic } from '../support/traffic.js';

jest.setTimeout(120_000);

const WITHIN_A_SECOND = { within: 1_000 };
/** Also where others keep the machine busy. */
const IN_TIME = { within: 30_000 };
const SECRET = (letter: string) => `${letter}4f9d1c7ab2e8063f5d7c9e1b8a3f6042`;
/** Answers of three versions of a process are as good as their description, which other tests check. */
const ANY_ANSWER = { check: () => undefined } as never;

interface Replica {
  readonly server: ServerProcess;
  readonly url: string;
}

describeWithRedis('three processes behind a load balancer', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let mails: MailServer;
  let proxy: RoundRobin;
  let given: Given;
  let replicas: [Replica, Replica, Replica];
  const started: ServerProcess[] = [];
  const atWork: { end(): Promise<void> }[] = [];

  async function start(): Promise<Replica> {
    const server = ServerProcess.start({
      // As in production: readiness fails for a while before connections are refused.
      ENVIRONMENT: 'staging',
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '5',
      REDIS_URL: redis.url,
      SMTP_URL: mails.url(),
      SECRET_KEY: SECRET('a'),
      JWT_SECRET_KEY: SECRET('b'),
      ENCRYPTION_KEY: SECRET('c'),
      RATE_LIMIT_REQUESTS: '1000000',
      RATE_LIMIT_REGISTER: '0',
      RATE_LIMIT_QUERY: '0',
      LOG_FORMAT: 'json',
      SHUTDOWN_GRACE_SECONDS: '10',
      ADMIN_PASSWORD: 'granite-lantern-quilt-58',
    });
    started.push(server);
    return { server, url: await server.ready() };
  }

  const clientOf = (url: string, token?: string) => {
    const anyone = new ApiClient(url, ANY_ANSWER);
    return token === undefined ? anyone : anyone.with({ authorization: `Bearer ${token}` });
  };

  beforeAll(async () => {
    [database, redis, mails] = await Promise.all([
      TestDatabase.create(),
      RedisServer.start(),
      MailServer.start(),
    ]);
    replicas = await Promise.all([start(), start(), start()]);
    proxy = await RoundRobin.before(...replicas.map(({ url }) => url));
    given = new Given(database, () => clientOf(proxy.url));
  });
  // A story that fails leaves nobody at work who would keep the run from ending.
  afterEach(() => Promise.all(atWork.splice(0).map((one) => one.end())));
  afterAll(async () => {
    await proxy.stop();
    for (const server of started) server.signal('SIGKILL');
    await Promise.all(started.map((server) => server.dispose()));
    await Promise.all([database.drop(), redis.stop(), mails.stop()]);
  });

  async function working(count: number) {
    const people: { user: SignedIn; sessionId: string }[] = [];
    for (let i = 0; i < count; i++) {
      const user = await given.signedIn();
      people.push({ user, sessionId: await opened(clientOf(proxy.url, user.token)) });
    }
    const readers = people.map(({ user, sessionId }) => new LogReader(proxy.url, user, sessionId));
    const traffic = new Traffic(proxy.url, people);
    atWork.push(...readers, traffic);
    return { people, readers, traffic };
  }

  async function expectNoGaps(
    readers: readonly LogReader[],
    people: readonly { sessionId: string }[],
  ): Promise<void> {
    for (const [index, reader] of readers.entries()) {
      const [row] = await database.query<{ last: string }>(
        'SELECT last_log_seq AS last FROM sandbox_sessions WHERE id = $1',
        [people[index]?.sessionId],
      );
      const all = Array.from({ length: Number(row?.last) }, (_, line) => line + 1);
      expect(all.length).toBeGreaterThan(5);
      await eventually(() => expect(reader.seqs).toEqual(all), IN_TIME);
      await reader.end();
    }
  }

  it('share limits and revocations within a second', async () => {
    const user = await given.signedIn();
    for (const { url } of replicas)
      expect((await clientOf(url, user.token).get('/auth/profile')).status).toBe(200);
    await clientOf(replicas[0].url, user.token).post('/auth/logout');
    for (const { url } of replicas)
      await eventually(
        async () => expect((await clientOf(url, user.token).get('/auth/profile')).status).toBe(401),
        WITHIN_A_SECOND,
      );
    const { email } = await given.user();
    const guesses = [];
    for (let i = 0; i < 9; i++) {
      const { url } = replicas[i % 3] ?? replicas[0];
      guesses.push((await clientOf(url).post('/auth/login', { email, password: 'wrong' })).status);
    }
    expect(guesses).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429]);
  });

  it('lose nothing while one is killed and the others are rolled', async () => {
    const { people, readers, traffic } = await working(4);
    const [killed, second, third] = replicas;
    await eventually(() => expect(traffic.requests).toBeGreaterThan(60), IN_TIME);
    killed.server.signal('SIGKILL');
    const replaced: Replica[] = [];
    for (const leaving of [killed, second, third]) {
      const successor = await start();
      proxy.add(successor.url);
      replaced.push(successor);
      if (leaving !== killed) leaving.server.signal('SIGTERM');
    }
    expect(await Promise.all([second, third].map(({ server }) => server.exitCode()))).toEqual([0, 0]);
    replicas = replaced as typeof replicas;
    await traffic.end();
    // Each person had at most one request open on the killed process.
    expect(traffic.failures.filter(({ servedBy }) => servedBy !== killed.url)).toEqual([]);
    expect(traffic.failures.length).toBeLessThanOrEqual(people.length);
    await traffic.expectAllKept(database);
    await expectNoGaps(readers, people);
    expect(Math.min(...readers.map(({ connections }) => connections))).toBeGreaterThan(1);
    const sent = traffic.registered.map((email) => mails.mailsTo(email).length);
    expect(sent.filter((count) => count > 1)).toEqual([]);
    expect(sent.filter((count) => count === 1).length).toBeGreaterThan(0);
  });

  it('answer again, and have lost nothing, when PostgreSQL was away under load', async () => {
    const { people, readers, traffic } = await working(4);
    await eventually(() => expect(traffic.requests).toBeGreaterThan(30), IN_TIME);
    await database.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT 0`);
    await database.cutConnections('cloudkeep');
    await database.cutConnections('cloudkeep-listener');
    await eventually(() => expect(traffic.failures.length).toBeGreaterThan(10), IN_TIME);
    await database.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT -1`);
    for (const { url } of replicas)
      await eventually(
        async () => expect((await clientOf(url).get('//health')).body.status).toBe('healthy'),
        IN_TIME,
      );
    const { requests, failures } = traffic;
    const before = failures.length;
    await eventually(() => expect(traffic.requests).toBeGreaterThan(requests + 50), IN_TIME);
    expect(failures.slice(before + people.length)).toEqual([]);
    await traffic.end();
    // Nothing but honest answers: to be tried again, or broken off in the middle.
    expect(failures.filter(({ status }) => status !== 503)).toEqual([]);
    await traffic.expectAllKept(database);
    await expectNoGaps(readers, people);
    const alive = await Promise.all(replicas.map(({ url }) => clientOf(url).get('//health/live')));
    expect(alive.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});
