import { Client } from 'pg';
import { SingleRun } from '../../src/common/scheduling/single-run.js';
import { OneTimeTokensJob } from '../../src/common/one-time-tokens/one-time-tokens.job.js';
import { SandboxJobs } from '../../src/modules/sandbox/sandbox.jobs.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { Cloudkeep } from '../../src/app.js';

interface Told {
  readonly name: string;
  readonly [field: string]: unknown;
}

let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ jobs: true });
  other = await TestApp.start({ replicaOf: app, jobs: true });
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

const single = ({ nest }: Cloudkeep) => nest.get(SingleRun);
const admin = async (replica: TestApp): Promise<ApiClient> =>
  replica.as(await app.given.signedIn({ role: 'admin' }));
const told = async (replica: TestApp): Promise<Told[]> =>
  (await (await admin(replica)).get('/health/jobs')).body.items as Told[];
const toldOf = async (replica: TestApp, job: string) =>
  (await told(replica)).find(({ name }) => name === job);
const sinceSuccess = async (replica: TestApp, job: string) => {
  const { text } = await replica.anyone.get('//metrics');
  return new RegExp(`^cloudkeep_job_seconds_since_success\\{job="${job}"\\} (.+)$`, 'm').exec(text)?.[1];
};

describe('the jobs', () => {
  it('are all told of, with when they are due, before any has run', async () => {
    const jobs = await told(app);
    expect(jobs.map(({ name }) => name)).toEqual(jobs.map(({ name }) => name).sort());
    expect(jobs.length).toBeGreaterThan(10);
    const untouched = { outcome: null, error: null, started_at: null, finished_at: null, succeeded_at: null };
    expect(jobs).toContainEqual({ name: 'auth.purge', ...untouched, next_run_at: expect.any(String) });
    for (const { next_run_at: due } of jobs) {
      const hours = (Date.parse(String(due)) - Date.now()) / 3_600_000;
      // One may just be beginning.
      expect(hours).toBeGreaterThan(-0.01);
      expect(hours).toBeLessThan(25);
    }
    expect(await sinceSuccess(app, 'auth.purge')).toBeUndefined();
  });

  it('are nothing to anybody but an admin', async () => {
    expect((await app.anyone.get('/health/jobs')).status).toBe(401);
    for (const role of ['user', 'operator', 'lab'])
      expect(await app.as(await app.given.signedIn({ role })).get('/health/jobs')).toMatchObject({
        status: 403,
        body: { code: 'insufficient_scope' },
      });
    const owner = await app.given.signedIn({ role: 'admin' });
    const narrow = await app.given.personalToken(owner, ['users:read']);
    expect((await app.as(narrow).get('/health/jobs')).status).toBe(403);
    expect((await app.anyone.get('//health')).body).not.toHaveProperty('jobs');
  });

  it('that ran are told of by every replica alike', async () => {
    await app.cloudkeep.nest.get(SandboxJobs).endExpired();
    const here = await toldOf(app, 'sandbox.expire');
    expect(here).toMatchObject({ outcome: 'done', error: null, started_at: expect.any(String) });
    expect(here?.finished_at).toBe(here?.succeeded_at);
    expect(await toldOf(other, 'sandbox.expire')).toEqual(here);
    app.clock.advance(90);
    for (const replica of [app, other]) {
      const seconds = Number(await sinceSuccess(replica, 'sandbox.expire'));
      expect(seconds).toBeGreaterThanOrEqual(90);
      expect(seconds).toBeLessThan(120);
    }
  });
});

describe('a job that fails', () => {
  const JOB = 'one-time-tokens.purge';
  const secret = 'hunter2-in-a-message';
  const failing = (error: Error) => single(app.cloudkeep).run(JOB, () => Promise.reject(error));

  it('is told of by the code of its failure until it succeeds, and never by its words', async () => {
    await other.cloudkeep.nest.get(OneTimeTokensJob).purge();
    const before = await toldOf(app, JOB);
    expect(before?.outcome).toBe('done');
    app.clock.advance(5);
    await failing(Object.assign(new Error(`password authentication failed: ${secret}`), { code: '28P01' }));
    const failed = await toldOf(other, JOB);
    expect(failed).toMatchObject({ outcome: 'failed', error: '28P01', succeeded_at: before?.succeeded_at });
    expect(Date.parse(String(failed?.finished_at))).toBeGreaterThan(Date.parse(String(before?.finished_at)));
    expect(Number(await sinceSuccess(other, JOB))).toBeGreaterThanOrEqual(5);

    await failing(Object.assign(new Error('no'), { code: `${secret} and more`, name: 'Error' }));
    expect(await toldOf(app, JOB)).toMatchObject({ outcome: 'failed', error: 'unknown' });
    const rows = await app.database.query(`SELECT job_runs::text AS row FROM job_runs`);
    expect(JSON.stringify(rows)).not.toContain(secret);

    await single(app.cloudkeep).run(JOB, async () => {
      // While it runs again, nothing is better yet.
      expect(await toldOf(other, JOB)).toMatchObject({ outcome: 'failed', finished_at: null });
    });
    expect(await toldOf(other, JOB)).toMatchObject({ outcome: 'done', error: null });
  });

  it('or does not, does so also where nobody can note it; and the metrics stay to be read', async () => {
    await app.database.query('ALTER TABLE job_runs RENAME TO gone');
    expect(await single(app.cloudkeep).run(JOB, () => Promise.resolve())).toBe(true);
    expect(await failing(new Error(secret))).toBe(false);
    expect((await app.anyone.get('//metrics')).status).toBe(200);
    expect(await sinceSuccess(app, JOB)).toBeUndefined();
    await app.database.query('ALTER TABLE gone RENAME TO job_runs');
    expect(await sinceSuccess(app, JOB)).toBeDefined();
  });
});

it('a job whose lock is lost with its connection is told so, and the process lives', async () => {
  const ran = single(app.cloudkeep).run('test.lost', async (lost) => {
    await app.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
       WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await eventually(() => expect(lost.aborted).toBe(true), { within: 5_000 });
  });
  expect(await ran).toBe(true);
});

describe('the traffic', () => {
  interface Minute {
    readonly requests: number;
    readonly refused: number;
    readonly failed: number;
  }

  it('is counted call by call of the API, with those that were refused; probes are not', async () => {
    const client = await admin(app);
    const sums = async () => {
      const { items } = (await client.get('/health/traffic')).body as { items: Minute[] };
      const sum = (field: keyof Minute) => items.reduce((total, minute) => total + minute[field], 0);
      return [items.length, sum('requests'), sum('refused'), sum('failed')];
    };
    const [, requests = 0, refused = 0] = await sums();
    await client.get('/auth/profile');
    await app.anyone.get('/auth/profile');
    await app.anyone.get('//health');
    // The call that asked before is counted by now, the one that asks now is not.
    expect(await sums()).toEqual([60, requests + 3, refused + 1, 0]);
  });

  it('is told to whoever runs the server, and to nobody else', async () => {
    expect((await app.anyone.get('/health/traffic')).status).toBe(401);
    for (const role of ['user', 'operator', 'lab'])
      expect((await app.as(await app.given.signedIn({ role })).get('/health/traffic')).status).toBe(403);
  });
});

it('metrics are told though nobody can look into a table', async () => {
  const holder = new Client({ connectionString: app.database.url });
  await holder.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE backups, job_runs, mail_outbox');
    const began = performance.now();
    const { text } = await app.anyone.get('//metrics');
    // Long before the statements themselves give up.
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(text).toMatch(/^cloudkeep_mails_waiting Nan$/im);
    expect(text).not.toMatch(/^cloudkeep_(backup_bytes|job_seconds_since_success)\{/m);
  } finally {
    await holder.end();
  }
});
