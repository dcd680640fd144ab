import { FilesJobs } from '../../src/modules/files/files.jobs.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { upload, uploaded } from '../support/files.js';
import { filesOnDisk, traces } from '../support/store-files.js';
import { storedKeys } from '../support/stored-objects.js';

const OWN = 1_000;
const ALL = 2_000;

let app: TestApp;
beforeAll(async () => {
  const env = { STORAGE_QUOTA_BYTES: String(OWN), STORAGE_ORGANIZATION_QUOTA_BYTES: String(ALL) };
  app = await TestApp.start({ env });
});
afterAll(() => app.stop());

async function founder(): Promise<SignedIn> {
  return app.given.signedIn({ role: 'user', organizationId: await app.given.organization() });
}
const version = (by: SignedIn, id: string, content: string) =>
  app.as(by).with({ 'content-type': 'text/plain' }).put(`/files/${id}/content`, content);

it('of all who race for the last bytes of a person and of the organisation, one gets them', async () => {
  for (let round = 0; round < 5; round++) {
    const user = await founder();
    const { organizationId } = user;
    const one = await app.given.signedIn({ organizationId });
    const other = await app.given.signedIn({ organizationId });
    const [file] = await Promise.all([
      uploaded(app.as(user), 'x'.repeat(OWN - 100)),
      uploaded(app.as(one), 'x'.repeat(OWN)),
    ]);
    const before = filesOnDisk(app).length;
    const last = 'y'.repeat(100);
    const answers = await Promise.all([
      upload(app.as(user), last),
      version(user, file.id, last),
      upload(app.as(other), last),
      upload(app.as(user), last),
      version(user, file.id, last),
    ]);
    const done = answers.filter(({ status }) => status < 300);
    expect([done.length, answers.length - done.length]).toEqual([
      1,
      answers.filter(({ status, body }) => status === 507 && body.code === 'quota_exceeded').length,
    ]);
    const usage = (await app.as(user).get('/files/usage')).body;
    const [row] = await app.database.query(
      `SELECT sum(v.size)::int AS bytes, count(DISTINCT f.id)::int AS files,
              (sum(v.size) FILTER (WHERE f.owner_id = $2))::int AS own
       FROM file_versions v JOIN files f ON f.id = v.file_id WHERE f.organization_id = $1`,
      [organizationId, user.id],
    );
    expect(usage.organization).toMatchObject({ used_bytes: row?.bytes, file_count: row?.files });
    expect([usage.organization.used_bytes, usage.user.used_bytes]).toEqual([ALL, row?.own]);
    expect(filesOnDisk(app)).toHaveLength(before + 1);
  }
});

it('a database that goes away between object and row leaves no row, and an object that is cleaned up', async () => {
  const user = await founder();
  await uploaded(app.as(user), 'named');
  const [before, keys] = [await traces(app), await storedKeys(app)];
  await app.database.query('BEGIN');
  await app.database.query('LOCK TABLE files IN ACCESS EXCLUSIVE MODE');
  const cut = upload(app.as(user), 'orphan');
  await eventually(
    async () =>
      expect(
        await app.database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        ),
      ).toHaveLength(1),
    { within: 10_000 },
  );
  expect(await cut).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  await app.database.query('ROLLBACK');
  const { disk, ...counted } = await traces(app);
  expect({ ...counted, disk: before.disk }).toEqual(before);
  // Whether it was committed nobody knows: so it stays until it is certain.
  expect(disk).toHaveLength(before.disk.length + 1);
  expect((await upload(app.as(user), 'again')).status).toBe(201);
  app.clock.advance(25 * 60 * 60);
  await app.cloudkeep.nest.get(FilesJobs, { strict: false }).check();
  expect(await storedKeys(app)).toHaveLength(keys.length + 1);
});
