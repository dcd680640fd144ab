import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';
import { upload, uploaded } from '../support/files.js';
import { filesOnDisk } from '../support/store-files.js';

const OWN = 1_000;
const ALL = 5_000;

let app: TestApp;
beforeAll(async () => {
  const env = { STORAGE_QUOTA_BYTES: String(OWN), STORAGE_ORGANIZATION_QUOTA_BYTES: String(ALL) };
  app = await TestApp.start({ env });
});
afterAll(() => app.stop());

/** Somebody in an organisation of their own. */
async function founder(): Promise<SignedIn> {
  return app.given.signedIn({ role: 'user', organizationId: await app.given.organization() });
}
const usageOf = async (who: SignedIn) => (await app.as(who).get('/files/usage')).body;
const used = (bytes: number, files: number, quota: number) => ({
  used_bytes: bytes,
  file_count: files,
  quota_bytes: quota,
});

/** The counters are what is there. */
async function counted(organizationId: string) {
  const [row] = await app.database.query(
    `SELECT (SELECT coalesce(sum(size), 0)::int FROM file_versions WHERE organization_id = $1) AS bytes,
            (SELECT count(*)::int FROM files WHERE organization_id = $1) AS files,
            (SELECT used_bytes::int FROM storage_usage WHERE organization_id = $1 AND subject_id = $1) AS used,
            (SELECT file_count::int FROM storage_usage WHERE organization_id = $1 AND subject_id = $1) AS counted`,
    [organizationId],
  );
  return row;
}

it('what is kept is told, for oneself and all of the organisation', async () => {
  const user = await founder();
  const other = await app.given.signedIn({ organizationId: user.organizationId });
  expect(await usageOf(user)).toEqual({ user: used(0, 0, OWN), organization: used(0, 0, ALL) });
  const file = await uploaded(app.as(user), 'x'.repeat(100));
  await app.as(user).with({ 'content-type': 'text/plain' }).put(`/files/${file.id}/content`, 'x'.repeat(50));
  await uploaded(app.as(other), 'x'.repeat(30));
  await app.as(user).delete(`/files/${file.id}`);
  expect(await usageOf(user)).toEqual({ user: used(150, 1, OWN), organization: used(180, 2, ALL) });
});

it('a file fits to the last byte, and not one more', async () => {
  const user = await founder();
  const client = app.as(user);
  const file = await uploaded(client, 'x'.repeat(OWN - 10));
  const before = filesOnDisk(app);
  const refused = await upload(client, 'x'.repeat(11));
  expect(refused).toMatchObject({
    status: 507,
    body: { code: 'quota_exceeded', quota: 'user', used: OWN - 10, limit: OWN },
  });
  const version = await client
    .with({ 'content-type': 'text/plain' })
    .put(`/files/${file.id}/content`, 'x'.repeat(11));
  expect(version.status).toBe(507);
  expect(filesOnDisk(app)).toEqual(before);
  expect((await upload(client, 'x'.repeat(10))).status).toBe(201);
  expect((await upload(client, '')).status).toBe(201);
  expect((await upload(client, 'x')).status).toBe(507);
});

it('what can not fit is refused before it is read', async () => {
  const user = await founder();
  const answer = await app.as(user).with({ 'content-type': 'text/plain' }).put('/files/x/content', 'x');
  expect(answer.status).toBe(404);
  const large = await upload(app.as(user), Buffer.alloc(2_000_000));
  expect(large).toMatchObject({ status: 507, body: { code: 'quota_exceeded' } });
});

it('of two who race for the last bytes one gets them', async () => {
  for (let round = 0; round < 5; round++) {
    const user = await founder();
    await uploaded(app.as(user), 'x'.repeat(OWN - 100));
    const answers = await Promise.all([1, 2].map(() => upload(app.as(user), 'x'.repeat(100))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 507]);
    expect((await usageOf(user)).user.used_bytes).toBe(OWN);
  }
});

it('100 uploads at once of five people fill an organisation exactly', async () => {
  const first = await founder();
  const { organizationId } = first;
  const others = await Promise.all(Array.from({ length: 5 }, () => app.given.signedIn({ organizationId })));
  const people = [first, ...others];
  const before = filesOnDisk(app).length;
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => upload(app.as(people[n % people.length] ?? first), 'x'.repeat(75))),
  );
  const done = answers.filter(({ status }) => status === 201).length;
  expect(answers.filter(({ status }) => status !== 201 && status !== 507)).toEqual([]);
  expect(done).toBe(Math.floor(ALL / 75));
  expect(await counted(organizationId)).toEqual({
    bytes: done * 75,
    files: done,
    used: done * 75,
    counted: done,
  });
  expect(filesOnDisk(app).length - before).toBe(done);
});

it('versions, uploads, deletions and an erasure at once end without a deadlock, counted right', async () => {
  const user = await founder();
  const { organizationId } = user;
  const admin = await app.given.signedIn({ organizationId, role: 'admin' });
  const leaving = await app.given.signedIn({ organizationId });
  const files = await Promise.all([1, 2, 3, 4].map(() => uploaded(app.as(leaving), 'x'.repeat(10))));
  const own = await Promise.all([1, 2, 3, 4].map(() => uploaded(app.as(user), 'x'.repeat(10))));
  const put = (by: SignedIn, id: string) =>
    app.as(by).with({ 'content-type': 'text/plain' }).put(`/files/${id}/content`, 'y');
  const answers = await Promise.all([
    ...files.flatMap(({ id }) => [put(leaving, id), put(admin, id)]),
    ...files.map(() => upload(app.as(leaving), 'z')),
    app.as(admin).delete(`/users/${leaving.id}`),
    ...own.flatMap(({ id }) => [put(user, id), app.as(admin).delete(`/files/${id}`)]),
  ]);
  expect(answers.filter(({ status }) => ![200, 201, 204, 401, 404].includes(status))).toEqual([]);
  const { bytes, files: kept, ...usage } = (await counted(organizationId)) ?? {};
  expect(usage).toEqual({ used: bytes, counted: kept });
  expect(kept).toBe(4);
});
