import { SingleRun } from '../../src/common/scheduling/single-run.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { describeWithPgBouncer, PgBouncer } from '../support/pgbouncer.js';
import { Dashboard, logged, numbered, opened } from '../support/sandbox.js';

const WITHIN_A_SECOND = { within: 1_000 };

describeWithPgBouncer('behind a PgBouncer in transaction mode', () => {
  let first: TestApp;
  let bouncer: PgBouncer;
  let app: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    first = await TestApp.start();
    bouncer = await PgBouncer.before(first.database.url);
    const env = { DATABASE_URL: bouncer.url, DATABASE_DIRECT_URL: first.database.url };
    app = await TestApp.start({ env, replicaOf: first });
    other = await TestApp.start({ env, replicaOf: first });
  });
  afterAll(async () => {
    await other.stop();
    await app.stop();
    await bouncer.stop();
    await first.stop();
  });

  it('many at once read and write, each organisation its own', async () => {
    const people = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const organizationId = await app.given.organization(`Number ${index}`);
        return app.given.signedIn({ role: 'admin', organizationId });
      }),
    );
    for (let round = 0; round < 3; round++)
      await Promise.all(
        people.map(async (user, index) => {
          const client = (index % 2 === 0 ? app : other).as(user);
          expect((await client.post('/conversations', { title: `Of ${user.username}` })).status).toBe(201);
          expect((await client.put('/users/me/preferences/theme', { value: round })).status).toBe(200);
          const { body } = await client.get('/users');
          expect((body.items as { id: string }[]).map(({ id }) => id)).toEqual([user.id]);
        }),
      );
    for (const user of people) {
      const { items } = (await other.as(user).get('/conversations')).body;
      expect((items as { title: string }[]).map(({ title }) => title)).toEqual(
        Array(3).fill(`Of ${user.username}`),
      );
    }
  });

  it('revocations and log lines reach other processes', async () => {
    const user = await app.given.signedIn();
    const id = await opened(app.as(user));
    const dashboard = Dashboard.open(other, { token: user.token, session_id: id, last_seq: 0 });
    await eventually(() => expect(dashboard.of('welcome')).toHaveLength(1), { within: 3_000 });
    await logged(app, id, numbered(1, 20));
    await eventually(() => expect(dashboard.seqs.length).toBeGreaterThanOrEqual(20), { within: 3_000 });
    await app.as(user).post('/auth/logout');
    await eventually(
      async () => expect((await other.as(user).get('/auth/profile')).status).toBe(401),
      WITHIN_A_SECOND,
    );
    dashboard.close();
  });

  it('a job runs in one process at a time', async () => {
    let running = 0;
    let runs = 0;
    const job = async () => {
      running++;
      runs++;
      expect(running).toBe(1);
      await app.database.query('SELECT pg_sleep(1)');
      running--;
    };
    const outcomes = await Promise.all(
      [app, other, app, other].map(({ cloudkeep }) => cloudkeep.nest.get(SingleRun).run('test.job', job)),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(runs).toBe(1);
    expect(await other.cloudkeep.nest.get(SingleRun).run('test.job', job)).toBe(true);
  });

  it('that does not say whose its connections are is refused at the start, in words', async () => {
    const careless = await PgBouncer.before(first.database.url, 'SELECT 1');
    try {
      const env = { DATABASE_URL: careless.url, DATABASE_DIRECT_URL: first.database.url };
      await expect(TestApp.start({ env, replicaOf: first })).rejects.toThrow(/connect_query/);
    } finally {
      await careless.stop();
    }
  });
});
