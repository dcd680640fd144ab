import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { ExperimentArchive } from '../../src/modules/lab/experiment-archive.js';
import { LabJobs } from '../../src/modules/lab/lab.jobs.js';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { StorageErrors } from '../../src/modules/storage/storage.errors.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { archivedAt, bytesAt, labKeys, recorded } from '../support/lab.js';

const DAY = 86_400;

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
let daysLater = 0;
beforeAll(async () => {
  app = await TestApp.start();
});
beforeEach(async () => {
  // What another story has left is not archived with what this one has.
  await app.database.query('TRUNCATE lab_experiments');
  user = await app.given.signedIn({ role: 'lab', organizationId: await app.given.organization() });
  client = app.as(user);
});
afterEach(() => {
  jest.restoreAllMocks();
  app.clock.advance(-daysLater * DAY);
  daysLater = 0;
});
afterAll(() => app.stop());

const store = () => app.cloudkeep.nest.get(ObjectStore);
const archive = () => app.cloudkeep.nest.get(LabJobs).archive();
const record = (organizationId = user.organizationId) => recorded(app, { organizationId, p: 0.3 });
const remaining = async (): Promise<string[]> =>
  (await app.database.query<{ id: string }>('SELECT id FROM lab_experiments ORDER BY id')).map(
    ({ id }) => id,
  );

/** Sign-ins do not last as long as a test moves the clock. */
async function later(days: number): Promise<void> {
  app.clock.advance(days * DAY);
  daysLater += days;
  user = await app.given.signIn(user);
  client = app.as(user);
}

async function keys(): Promise<string[]> {
  return (await labKeys(app)).filter((key) => key.startsWith(`lab/archive/${user.organizationId}/`));
}

async function archivedIds(): Promise<string[]> {
  return (await Promise.all((await keys()).map((key) => archivedAt(app, key)))).flat().sort();
}

it('experiments older than 90 days go into the store, whole, and can be had', async () => {
  const old = [await record(), await record()];
  const interrupted = { interrupted: true, observed_at: app.clock.now().toISOString() };
  await client.post(`/lab/experiments/${old[0]}/outcome`, interrupted);
  const before = (await client.get('/lab/experiments')).body.items.reverse();
  await later(89);
  const young = await record();
  await archive();
  expect(await remaining()).toHaveLength(3);
  await later(2);
  await archive();
  expect(await remaining()).toEqual([young]);

  const month = before[0].created_at.slice(0, 7) as string;
  const { items } = (await client.get('/lab/archives')).body;
  const sizes = items.map(({ experiments }: { experiments: number }) => experiments);
  expect(sizes.reduce((sum: number, size: number) => sum + size, 0)).toBe(2);
  expect(await keys()).toContain(`lab/archive/${user.organizationId}/${month}-${old[0]}.ndjson.gz`);
  const listed = items.at(-1);
  expect(listed).toMatchObject({ id: old[0], month, first_at: before[0].created_at });
  const answer = await fetch(`${app.url}/api/v1/lab/archives/${old[0]}/download`, {
    headers: { authorization: `Bearer ${user.token}` },
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/gzip',
    'content-length': String(listed.size),
    'content-disposition': `attachment; filename="experiments-${month}-${old[0]}.ndjson.gz"`,
  });
  expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([
    listed.size,
    listed.sha256,
  ]);
  const [line = ''] = gunzipSync(bytes).toString().split('\n');
  expect(JSON.parse(line)).toEqual(before[0]);
  expect(line).not.toContain(user.id);

  const told = await client.post(`/lab/experiments/${old[1]}/outcome`, interrupted);
  expect([told.status, told.body.code]).toEqual([404, 'experiment_not_found']);
  const trail = await app.database.query(
    `SELECT FROM audit_logs WHERE action = 'lab.archive_experiments' AND organization_id = $1`,
    [user.organizationId],
  );
  expect(trail).toHaveLength(items.length);
});

it('each organisation has its own, and each month; what fails of one keeps no other waiting', async () => {
  const other = await app.given.signedIn({ role: 'lab', organizationId: await app.given.organization() });
  const own = [await record()];
  const others = [await record(other.organizationId)];
  await later(40);
  own.push(await record());
  await later(95);
  jest.spyOn(store(), 'setMultipart').mockRejectedValueOnce(StorageErrors.full());
  await archive();
  expect([own, others]).toContainEqual(await remaining());
  await archive();
  const { items } = (await client.get('/lab/archives')).body;
  expect(items.map(({ id }: { id: string }) => id)).toEqual([own[1], own[0]]);
  expect(new Set(items.map(({ month }: { month: string }) => month)).size).toBe(2);
  const stranger = app.as(await app.given.signIn(other));
  expect((await stranger.get('/lab/archives')).body.items).toEqual([
    expect.objectContaining({ id: others[0] }),
  ]);
  const refused = await stranger.get(`/lab/archives/${own[0]}/download`);
  expect([refused.status, refused.body.code]).toEqual([404, 'archive_not_found']);
  const pages = (await client.get('/lab/archives?limit=1')).body;
  expect((await client.get(`/lab/archives?cursor=${pages.next_cursor}`)).body.items).toEqual([items[1]]);
});

it('more than fit into one page are in it once each', async () => {
  await record();
  await app.database.query(
    `INSERT INTO lab_experiments SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(),
       'created_at', created_at + n * interval '1 microsecond'))).*
     FROM lab_experiments e, generate_series(1, 700) AS n`,
  );
  const all = await remaining();
  await later(91);
  await archive();
  expect(await remaining()).toEqual([]);
  expect(await archivedIds()).toEqual(all);
});

describe('nothing is lost', () => {
  it.each([
    [
      'the store refuses it',
      () => jest.spyOn(store(), 'setMultipart').mockRejectedValueOnce(StorageErrors.full()),
    ],
    [
      'it can not be read back',
      () => jest.spyOn(store(), 'get').mockRejectedValueOnce(StorageErrors.unavailable()),
    ],
  ])('where %s: the next run has it', async (_, fault) => {
    const ids = [await record(), await record()];
    await later(91);
    fault();
    await archive();
    expect(await remaining()).toEqual(ids);
    expect((await client.get('/lab/archives')).body.items).toEqual([]);
    await archive();
    expect(await remaining()).toEqual([]);
    expect(await archivedIds()).toEqual(ids);
  });

  it('where the store holds something else than was written, which is not read on', async () => {
    const ids = [await record(), await record()];
    await later(91);
    const endless = new Readable({ read: () => undefined });
    endless.push('no gzip');
    const another = Readable.from([gzipSync('{}\n{}\n')]);
    for (const held of [endless, another]) {
      jest.spyOn(store(), 'get').mockResolvedValueOnce(held);
      await archive();
      expect(held.destroyed).toBe(true);
      expect(await remaining()).toEqual(ids);
    }
    await archive();
    expect(await archivedIds()).toEqual(ids);
  });

  it('where an outcome is told between writing and deleting', async () => {
    const id = await record();
    await later(91);
    const lab = store();
    const get = lab.get.bind(lab);
    jest.spyOn(lab, 'get').mockImplementationOnce(async (...asked) => {
      const outcome = { interrupted: true, observed_at: app.clock.now().toISOString() };
      expect((await client.post(`/lab/experiments/${id}/outcome`, outcome)).status).toBe(201);
      return get(...asked);
    });
    await archive();
    expect(await remaining()).toEqual([id]);
    await archive();
    expect(await remaining()).toEqual([]);
    const [key = ''] = await keys();
    const line = gunzipSync(await bytesAt(app, key)).toString();
    expect(JSON.parse(line)).toMatchObject({ id, outcome: { interrupted: true } });
  });

  it('where the connection breaks as rows are deleted: the object is written again, not twice', async () => {
    const ids = [await record(), await record()];
    await later(91);
    await app.database.query(
      `CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN OLD; END $$;
       ALTER FUNCTION cut_off() SECURITY DEFINER;
       CREATE TRIGGER cut_off BEFORE DELETE ON lab_experiments FOR EACH ROW EXECUTE FUNCTION cut_off()`,
    );
    await archive();
    expect(await remaining()).toEqual(ids);
    const written = await keys();
    expect(written).toHaveLength(1);
    await app.database.query('DROP FUNCTION cut_off CASCADE');
    await archive();
    expect(await remaining()).toEqual([]);
    expect(await keys()).toEqual(written);
    expect(await archivedIds()).toEqual(ids);
  });
});

it('two runs at once archive each experiment once', async () => {
  const ids = [await record(), await record()];
  await later(91);
  await Promise.all([archive(), archive()]);
  await archive();
  expect(await remaining()).toEqual([]);
  expect(await archivedIds()).toEqual(ids);
  expect((await client.get('/lab/archives')).body.items).toHaveLength((await keys()).length);
});

it('a batch that is done stays done where a later one fails', async () => {
  const first = await record();
  await later(40);
  const second = await record();
  await later(91);
  const lab = app.cloudkeep.nest.get(ObjectStore);
  const write = lab.setMultipart.bind(lab);
  const writing = jest
    .spyOn(lab, 'setMultipart')
    .mockImplementationOnce((...asked) => write(...asked))
    .mockRejectedValueOnce(StorageErrors.full());
  const archived = app.cloudkeep.nest.get(ExperimentArchive).archiveBefore(app.clock.now());
  await expect(archived).rejects.toMatchObject({ code: 'storage_full' });
  writing.mockRestore();
  expect(await remaining()).toEqual([second]);
  expect(await archivedIds()).toEqual([first]);
});
