import { SchedulerRegistry } from '@nestjs/schedule';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { opened } from '../support/sandbox.js';
import { Traffic } from '../support/traffic.js';

/** Longer than the application waits for a connection, and no longer. */
const PATIENCE_MS = 7_000;
const JOB = 'organizations.remove';

let postgres: OwnPostgres;
let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
  app = await TestApp.start({ database: postgres.database });
  other = await TestApp.start({ replicaOf: app });
});
afterAll(async () => {
  await other.stop();
  await app.stop();
  await postgres.stop();
});

async function expectHealth(wanted: string): Promise<void> {
  for (const { url } of [app, other])
    await eventually(
      async () => expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: wanted }),
      { within: 5_000 },
    );
}

async function working(replica: TestApp): Promise<Traffic> {
  const people = [];
  for (let i = 0; i < 3; i++) {
    const user = await replica.given.signedIn();
    people.push({ user, sessionId: await opened(replica.as(user)) });
  }
  return new Traffic(replica.url, people);
}

async function expectRevocationsHeard(): Promise<void> {
  const user = await app.given.signedIn();
  const verify = async (replica: TestApp) => (await replica.as(user).get('/auth/verify')).status;
  expect([await verify(app), await verify(other)]).toEqual([200, 200]);
  expect((await app.as(user).post('/auth/logout')).status).toBe(204);
  await eventually(async () => expect(await verify(other)).toBe(401), { within: 1_000 });
}

async function expectJobsRun(): Promise<void> {
  const started = async () =>
    (await postgres.database.query('SELECT started_at FROM job_runs WHERE name = $1', [JOB]))[0] as
      { started_at: Date } | undefined;
  await postgres.database.query(`UPDATE job_runs SET started_at = now() - interval '2 days'`);
  const before = await started();
  await other.cloudkeep.nest.get(SchedulerRegistry).getCronJob(JOB).fireOnTick();
  await eventually(async () => expect((await started())?.started_at).not.toEqual(before?.started_at), {
    within: 2_000,
  });
}

it.each(['fast', 'immediate'] as const)(
  'a PostgreSQL that is restarted (%s) under load loses nothing, and nothing needs a hand',
  async (mode) => {
    const traffics = [await working(app), await working(other)];
    const begun = async (count: number) => {
      for (const traffic of traffics) {
        const { requests } = traffic;
        await eventually(() => expect(traffic.requests).toBeGreaterThan(requests + count), {
          within: 10_000,
        });
      }
    };
    await begun(30);
    await postgres.shutDown(mode);
    await expectHealth('unhealthy');
    await postgres.startAgain();
    await expectRevocationsHeard();
    await expectHealth('healthy');
    await expectJobsRun();
    const failures = traffics.map((traffic) => traffic.failures.length);
    await begun(30);
    for (const [index, traffic] of traffics.entries()) {
      await traffic.end();
      expect(traffic.failures.length).toBe(failures[index]);
      expect(traffic.failures.length).toBeGreaterThan(0);
      const answers = new Set(traffic.failures.map(({ status, code }) => `${status} ${code}`));
      expect([...answers]).toEqual(['503 unavailable']);
      expect(traffic.slowestMs).toBeLessThan(PATIENCE_MS);
      await traffic.expectAllKept(postgres.database);
    }
  },
);
