import { jest } from '@jest/globals';
import { BackupReconciliation } from '../../src/modules/backups/backup-reconciliation.js';
import { BackupErrors } from '../../src/modules/backups/backups.errors.js';
import { BackupRunner } from '../../src/modules/backups/backup-runner.js';
import { BackupStores } from '../../src/modules/backups/backup-stores.js';
import { FilesInventory } from '../../src/modules/backups/files-inventory.port.js';
import { BackupsJobs } from '../../src/modules/backups/backups.jobs.js';
import { TestApp } from '../support/app.js';
import { insertedBackup } from '../support/backups.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { FakeEngine, withFakeBackups, type FakeBackups } from '../support/fake-backups.js';

let app: TestApp;
let other: TestApp;
let fake: FakeBackups;
let others: FakeBackups;
let admin: ApiClient;
beforeAll(async () => {
  app = await TestApp.start({ env: { BACKUPS_SCHEDULED: 'true' } });
  other = await TestApp.start({ replicaOf: app });
  fake = withFakeBackups(app);
  // One engine for both: what it was asked at a time is told of both together.
  others = withFakeBackups(other, fake.engine);
  admin = app.as(await app.given.signedIn({ role: 'admin' }));
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});
beforeEach(async () => {
  await app.database.query('DELETE FROM backups');
});

const asked = async (replica = app): Promise<string> => {
  const client = replica.as(await app.given.signedIn({ role: 'admin' }));
  const { status, body } = await client.post('/backups', { kind: 'full' });
  expect(status).toBe(201);
  return body.id as string;
};
const told = async (id: string) => (await admin.get(`/backups/${id}`)).body;
const runnerOf = ({ cloudkeep }: TestApp) => cloudkeep.nest.get(BackupRunner);
const objectsOf = async (id: string): Promise<string[]> => {
  const corner = await app.cloudkeep.nest.get(BackupStores).corner(id);
  const keys: string[] = [];
  for await (const key of corner.keys()) keys.push(key);
  return keys.sort();
};
const WHOLE = ['dump', 'files.ndjson', 'manifest.json'];

describe('two replicas', () => {
  it('make one backup at a time between them, and all that were asked for', async () => {
    fake.engine.mostAtOnce = 0;
    const open = fake.engine.hold();
    const ids = [await asked(app), await asked(other), await asked(app)];
    await eventually(async () => expect((await told(ids[0] ?? '')).status).toBe('running'), {
      within: 5_000,
    });
    runnerOf(other).wake();
    expect(await told(ids[1] ?? '')).toMatchObject({ status: 'queued' });
    expect(await admin.delete(`/backups/${ids[0] ?? ''}`)).toMatchObject({ body: { code: 'backup_busy' } });
    open();
    await Promise.all([fake.drained(), others.drained()]);
    for (const id of ids)
      expect(await told(id)).toMatchObject({ status: 'good', verification: { status: 'ok' } });
    expect(fake.engine.mostAtOnce).toBe(1);
  });
});

describe('a backup that fails', () => {
  it('is tried again after growing pauses, and given up at the third time', async () => {
    const reason = BackupErrors.failed('pg_dump: error: connection to server lost');
    fake.engine.failures.push(reason, reason, reason);
    const id = await asked();
    for (const [attempts, pause] of [
      [1, 61],
      [2, 601],
    ] as const) {
      await fake.drained();
      expect(await told(id)).toMatchObject({
        ...{ status: 'queued', attempts },
        error: { code: 'backup_failed', detail: 'pg_dump: error: connection to server lost' },
      });
      expect(await objectsOf(id)).toEqual([]);
      app.clock.advance(pause - 10);
      await fake.drained();
      expect((await told(id)).attempts).toBe(attempts);
      app.clock.advance(10);
    }
    await fake.drained();
    expect(await told(id)).toMatchObject({ status: 'failed', attempts: 3, error: { code: 'backup_failed' } });
    const { text } = await app.anyone.get('//metrics');
    expect(text).toMatch(/^cloudkeep_backup_failures_total\{step="make"\} 3$/m);
    const { items } = (await admin.get(`/audit/logs?resource=backup:${id}`)).body as { items: object[] };
    expect(items[0]).toMatchObject({ action: 'backup.fail', details: { code: 'backup_failed' } });
  });

  it('leaves nothing with its engine either, whatever it fails of', async () => {
    const inventory = jest
      .spyOn(app.cloudkeep.nest.get(FilesInventory), 'write')
      .mockRejectedValueOnce(new Error('The files are away'));
    fake.engine.forgotten.length = 0;
    const id = await asked();
    await fake.drained();
    inventory.mockRestore();
    // Before it begins, and afterwards.
    expect(fake.engine.forgotten).toEqual([id, id]);
    expect(await objectsOf(id)).toEqual([]);
  });

  it('tells no words of an error from elsewhere', async () => {
    fake.engine.failures.push(Object.assign(new Error('password=hunter2'), { code: 'ECONNREFUSED' }));
    const id = await asked();
    await fake.drained();
    expect(await told(id)).toMatchObject({ error: { code: 'ECONNREFUSED', detail: null } });
    app.clock.advance(61);
    await fake.drained();
    expect(await told(id)).toMatchObject({ status: 'good', error: null });
  });

  it('may be a proof that could not be tried: that is tried again, the next day too', async () => {
    const noRoom = new Error('no room');
    fake.verdicts.push(noRoom, noRoom, noRoom);
    const id = await asked();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await fake.drained();
      app.clock.advance(601);
    }
    expect(await told(id)).toMatchObject({
      status: 'good',
      verification: { status: 'failed', verified_at: null },
    });
    const reconcile = () => app.cloudkeep.nest.get(BackupReconciliation).reconcile();
    const proof = () => app.database.query('SELECT status, verification FROM backups WHERE id = $1', [id]);
    app.clock.advance(23 * 3_600);
    await reconcile();
    expect(await proof()).toEqual([{ status: 'good', verification: 'failed' }]);
    app.clock.advance(3_600);
    await reconcile();
    await fake.drained();
    expect(await proof()).toEqual([{ status: 'good', verification: 'ok' }]);
    // A day later nobody's session is what it was.
    admin = app.as(await app.given.signedIn({ role: 'admin' }));
  });
});

describe('what a killed process left', () => {
  it('is emptied and made anew by the next', async () => {
    const { id } = await insertedBackup(app, { status: 'running', attempts: 1, finished_at: null });
    const corner = await app.cloudkeep.nest.get(BackupStores).corner(id);
    await corner.set('half', Buffer.from('of a dump'));
    await fake.drained();
    expect(await told(id)).toMatchObject({ status: 'queued' });
    app.clock.advance(61);
    await fake.drained();
    expect(await told(id)).toMatchObject({ status: 'good', attempts: 0, error: null });
    expect(await objectsOf(id)).toEqual(WHOLE);
  });

  it('is given up, and removed, once three died over it', async () => {
    const { id } = await insertedBackup(app, { status: 'running', attempts: 3, finished_at: null });
    await (await app.cloudkeep.nest.get(BackupStores).corner(id)).set('half', Buffer.from('of a dump'));
    const before = fake.engine.orders.length;
    await fake.drained();
    app.clock.advance(601);
    await fake.drained();
    expect(await told(id)).toMatchObject({ status: 'failed' });
    expect(fake.engine.orders).toHaveLength(before);
    expect(await objectsOf(id)).toEqual([]);
  });

  it('is whole where its manifest is there: a restored database knows its own backup as unfinished', async () => {
    const id = await asked();
    await fake.drained();
    const made = await told(id);
    await app.database.query(
      `UPDATE backups SET status = 'running', attempts = 1, finished_at = NULL, bytes = NULL, verification = 'none'`,
    );
    const before = fake.engine.orders.length;
    await fake.drained();
    app.clock.advance(61);
    await fake.drained();
    expect(await told(id)).toMatchObject({
      status: 'good',
      bytes: made.bytes,
      finished_at: made.finished_at,
    });
    expect(fake.engine.orders).toHaveLength(before);
    expect(await objectsOf(id)).toEqual(WHOLE);
  });
});

it('a process that ends gives its backup up, which counts for nothing, and another makes it', async () => {
  const third = await TestApp.start({ replicaOf: app });
  const engine = new FakeEngine();
  withFakeBackups(third, engine);
  engine.hold();
  const id = await asked(third);
  await eventually(() => expect(engine.orders).toHaveLength(1), { within: 5_000 });
  await third.stop();
  expect(await told(id)).toMatchObject({ status: 'queued', attempts: 0, error: null });
  expect(await objectsOf(id)).toEqual([]);
  await fake.drained();
  expect(await told(id)).toMatchObject({ status: 'good' });
});

describe('the schedule', () => {
  const jobs = () => app.cloudkeep.nest.get(BackupsJobs);
  const all = async () => (await admin.get('/backups')).body.items as Record<string, unknown>[];

  it('asks for one full backup, and then for those that continue it', async () => {
    const open = fake.engine.hold();
    await Promise.all([jobs().full(), jobs().full()]);
    await jobs().full();
    open();
    await fake.drained();
    expect(await all()).toMatchObject([
      { kind: 'full', trigger: 'schedule', status: 'good', requested_by: null },
    ]);
    await jobs().incremental();
    await fake.drained();
    expect(await all()).toMatchObject([{ kind: 'incremental', status: 'good' }, { kind: 'full' }]);
  });

  it('makes a full one where there is nothing to continue', async () => {
    await jobs().incremental();
    await fake.drained();
    expect(await all()).toMatchObject([{ kind: 'full', status: 'good' }]);
  });

  it('fails, so that it is heard of, where tools are missing', async () => {
    fake.engine.lack = 'pgbackrest is not installed.';
    await jobs().full();
    await jobs().incremental();
    fake.engine.lack = null;
    const { items } = (await admin.get('/health/jobs')).body as { items: { name: string }[] };
    expect(items.find(({ name }) => name === 'backups.full')).toMatchObject({
      error: 'backup_tools_missing',
    });
    expect(items.find(({ name }) => name === 'backups.incremental')).toMatchObject({ outcome: 'done' });
    expect(await all()).toEqual([]);
  });

  it('is off where the settings say so', async () => {
    await other.cloudkeep.nest.get(BackupsJobs).full();
    expect(await all()).toEqual([]);
  });
});
