import { SchedulerRegistry } from '@nestjs/schedule';
import { OrganizationsJobs } from '../../src/modules/organizations/organizations.jobs.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

/** Due once a day, so that it is not due by itself while the stories are told. */
const JOB = 'organizations.remove';

let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
  other = await TestApp.start({ replicaOf: app });
  await app.database.query('CREATE TABLE begun (name text NOT NULL, at timestamptz NOT NULL)');
  await app.database.query(`
    CREATE FUNCTION note_begun() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN INSERT INTO begun VALUES (NEW.name, NEW.started_at); RETURN NULL; END $$`);
  await app.database.query(
    `CREATE TRIGGER note_begun AFTER INSERT OR UPDATE OF started_at ON job_runs
     FOR EACH ROW WHEN (NEW.finished_at IS NULL) EXECUTE FUNCTION note_begun()`,
  );
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});
beforeEach(() => app.database.query('TRUNCATE job_runs, begun'));

const begun = async () => (await app.database.query('SELECT 1 FROM begun WHERE name = $1', [JOB])).length;

async function asked(replica: TestApp): Promise<number> {
  const { text } = await replica.anyone.get('//metrics');
  const counts = text.matchAll(new RegExp(`^cloudkeep_job_runs_total\\{job="${JOB}",.*\\} (\\d+)$`, 'gm'));
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** As the scheduler does when it is time; over when the replica has run it, or passed it over. */
async function fire(replica: TestApp): Promise<void> {
  const before = await asked(replica);
  await replica.cloudkeep.nest.get(SchedulerRegistry).getCronJob(JOB).fireOnTick();
  await eventually(async () => expect(await asked(replica)).toBe(before + 1), { within: 5_000 });
}

const lastRan = (started: string, finished: string | null = started) =>
  app.database
    .query(
      `INSERT INTO job_runs (name, started_at, finished_at) VALUES ($1, now() + $2::interval, now() + $3::interval)
     ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at`,
      [JOB, started, finished],
    )
    .then(() => app.database.query('TRUNCATE begun'));

describe('a turn of a job', () => {
  it('is run by one replica, and by no other that asks when it is over', async () => {
    await fire(app);
    await fire(other);
    await fire(app);
    expect(await begun()).toBe(1);
    await lastRan('-25 hours');
    await Promise.all([fire(app), fire(other)]);
    expect(await begun()).toBe(1);
  });

  it('does not come twice where a clock was stepped back, nor is one left out', async () => {
    await fire(app);
    app.clock.advance(-3_600);
    await fire(app);
    await fire(other);
    expect(await begun()).toBe(1);
    app.clock.advance(3_600);
    // The clock of the database was ahead when it was last begun, by half a year.
    await lastRan('180 days');
    await fire(app);
    await fire(other);
    expect(await begun()).toBe(1);
  });

  it('is taken over from a replica that died over it', async () => {
    await lastRan('-1 second', null);
    await fire(other);
    await fire(app);
    expect(await begun()).toBe(1);
  });

  it('is nothing that whoever calls the job by hand must wait for', async () => {
    await fire(app);
    await app.cloudkeep.nest.get(OrganizationsJobs).removeDue();
    await other.cloudkeep.nest.get(OrganizationsJobs).removeDue();
    expect(await begun()).toBe(3);
  });

  it('is run where nobody can tell whether it is due', async () => {
    await app.database.query('ALTER TABLE job_runs RENAME TO gone');
    await fire(app);
    await app.database.query('ALTER TABLE gone RENAME TO job_runs');
    const { text } = await app.anyone.get('//metrics');
    expect(text).not.toContain(`cloudkeep_job_runs_total{job="${JOB}",outcome="failed"}`);
  });
});

/** By their settings: no time of retention, and no backups by themselves. */
const IDLE = ['conversations.purge', 'backups.full', 'backups.incremental'];

it('all jobs at once, as at some full hours, leave a small pool to what they work with, and to requests', async () => {
  const small = await TestApp.start({ env: { DATABASE_POOL_SIZE: '2' } });
  try {
    const user = await small.given.signedIn();
    const jobs = [...small.cloudkeep.nest.get(SchedulerRegistry).getCronJobs().values()];
    await Promise.all(jobs.map((job) => job.fireOnTick()));
    expect((await small.as(user).get('/auth/profile')).status).toBe(200);
    await eventually(
      async () => {
        const { text } = await small.anyone.get('//metrics');
        expect(text.match(/^cloudkeep_job_runs_total\{.*outcome="done"\} 1$/gm)).toHaveLength(
          jobs.length - IDLE.length,
        );
      },
      { within: 10_000 },
    );
  } finally {
    await small.stop();
  }
});
