import { TestApp } from '../support/app.js';
import { insertedBackup } from '../support/backups.js';
import type { ApiClient } from '../support/client.js';
import { withFakeBackups, type FakeBackups } from '../support/fake-backups.js';

let app: TestApp;
let fake: FakeBackups;
let admin: ApiClient;
let adminId: string;
beforeAll(async () => {
  app = await TestApp.start();
  fake = withFakeBackups(app);
  const person = await app.given.signedIn({ role: 'admin' });
  [admin, adminId] = [app.as(person), person.id];
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.database.query('DELETE FROM backups');
});

const ask = (kind = 'full') => admin.post('/backups', { kind });
const audited = async (id: string) => {
  const { body } = await admin.get(`/audit/logs?resource=backup:${id}`);
  return (body.items as { action: string; user_id: string | null }[]).map((row) => [row.action, row.user_id]);
};

describe('a backup that somebody asks for', () => {
  it('is made, proved, told of and audited', async () => {
    const asked = await ask();
    expect(asked).toMatchObject({ status: 201, body: { status: 'queued', trigger: 'person' } });
    const id = asked.body.id as string;
    expect(asked.headers.location).toBe(`/api/v1/backups/${id}`);
    await fake.drained();
    const { body } = await admin.get(`/backups/${id}`);
    expect(body).toMatchObject({
      ...{ id, kind: 'full', engine: 'pgbackrest', parent_id: null, status: 'good', attempts: 0 },
      ...{
        requested_by: adminId,
        error: null,
        bytes: expect.any(Number),
        duration_seconds: expect.any(Number),
      },
      verification: { status: 'ok', detail: 'All rows are there.', age_seconds: expect.any(Number) },
      replica: { status: 'none' },
      summary: { cloudkeep_version: '0.0.0-test', rows: 4, tables: 2, parts: 1, files: 1 },
    });
    expect((body.summary as { schema_version: string }).schema_version).toMatch(/\d{13}$/);
    expect(await audited(id)).toEqual([
      ['backup.verify', null],
      ['backup.finish', null],
      ['backup.request', adminId],
    ]);
    const { text } = await app.anyone.get('//metrics');
    expect(text).toMatch(/^cloudkeep_backup_last_verified_timestamp_seconds\{kind="full"\} 1\d{9}/m);
    expect(text).toMatch(/^cloudkeep_backup_failures_total\{step="make"\} 0$/m);
  });

  it('is one, however often the request is sent', async () => {
    const client = admin.with({ 'idempotency-key': 'once-and-no-more' });
    const [first, second] = [
      await client.post('/backups', { kind: 'full' }),
      await client.post('/backups', { kind: 'full' }),
    ];
    expect(second.body).toEqual(first.body);
    expect(second.headers.location).toBe(first.headers.location);
    await fake.drained();
    expect((await admin.get('/backups')).body.items).toHaveLength(1);
  });

  it('continues the newest where it is incremental, and can not where there is none', async () => {
    expect(await ask('incremental')).toMatchObject({ status: 409, body: { code: 'backup_no_full' } });
    const { body: full } = await ask();
    await fake.drained();
    const { body: one } = await ask('incremental');
    await fake.drained();
    const { body: two } = await ask('incremental');
    await fake.drained();
    expect((await admin.get(`/backups/${one.id as string}`)).body.parent_id).toBe(full.id);
    expect((await admin.get(`/backups/${two.id as string}`)).body.parent_id).toBe(one.id);
    expect(fake.engine.orders.at(-1)?.parent?.id).toBe(one.id);
  });

  it.each([[{}], [{ kind: 'half' }], [{ kind: 'full', engine: 'tar' }], [{ kind: 'full', more: 1 }]])(
    'is refused as %j',
    async (body) => {
      expect((await admin.post('/backups', body)).status).toBe(400);
    },
  );

  it('tells what is missing where it can not be made here', async () => {
    fake.engine.lack = 'pgbackrest is not installed: apt-get install pgbackrest.';
    expect(await ask()).toMatchObject({
      status: 409,
      body: { code: 'backup_tools_missing', detail: expect.stringContaining('apt-get install pgbackrest') },
    });
    fake.engine.lack = null;
    expect((await admin.post('/backups', { kind: 'full', engine: 'pg_dump' })).body.code).toBe(
      'backup_tools_missing',
    );
  });
});

describe('the list', () => {
  it('has pages and filters, the newest first', async () => {
    const ids = [];
    for (const kind of ['full', 'incremental', 'full'])
      ids.unshift((await insertedBackup(app, { kind, status: kind === 'full' ? 'good' : 'failed' })).id);
    const first = (await admin.get('/backups?limit=2')).body;
    expect((first.items as { id: string }[]).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = (await admin.get(`/backups?limit=2&cursor=${first.next_cursor as string}`)).body;
    expect(rest).toMatchObject({ items: [{ id: ids[2] }], next_cursor: null });
    expect((await admin.get('/backups?kind=incremental')).body.items).toMatchObject([{ id: ids[1] }]);
    expect((await admin.get('/backups?status=good')).body.items).toHaveLength(2);
    expect((await admin.get('/backups?status=deleting')).status).toBe(400);
  });
});

describe('asking for a proof', () => {
  it('has it brought back again, and says so once it is damaged', async () => {
    const { id } = (await ask()).body as { id: string };
    await fake.drained();
    fake.verdicts.push({ ok: false, words: 'users has 2 rows and not 3.' });
    expect(await admin.post(`/backups/${id}/verify`)).toMatchObject({
      status: 202,
      body: { verification: { status: 'queued' } },
    });
    await fake.drained();
    expect((await admin.get(`/backups/${id}`)).body).toMatchObject({
      status: 'damaged',
      verification: { status: 'failed', detail: 'users has 2 rows and not 3.' },
    });
    expect((await audited(id))[0]?.[0]).toBe('backup.fail_verification');
    expect((await app.anyone.get('//metrics')).text).toMatch(/^cloudkeep_backups_damaged\{kind="full"\} 1$/m);
    await admin.post(`/backups/${id}/verify`);
    await fake.drained();
    expect((await admin.get(`/backups/${id}`)).body.status).toBe('good');
  });

  it.each([
    [{ status: 'running' }, 'backup_busy'],
    [{ verification: 'running' }, 'backup_busy'],
    [{ status: 'queued', due_at: new Date(8e14) }, 'backup_not_made'],
    [{ status: 'failed' }, 'backup_not_made'],
  ])('is refused while it is %j', async (state, code) => {
    const { id } = await insertedBackup(app, state);
    expect(await admin.post(`/backups/${id}/verify`)).toMatchObject({ status: 409, body: { code } });
  });
});

describe('deleting', () => {
  it('leaves nothing, but never takes the newest proved one', async () => {
    const [old, latest] = [(await ask()).body.id as string, (await ask()).body.id as string];
    await fake.drained();
    expect(await admin.delete(`/backups/${latest}`)).toMatchObject({
      status: 409,
      body: { code: 'backup_newest_verified' },
    });
    expect((await admin.delete(`/backups/${old}`)).status).toBe(204);
    expect((await admin.get(`/backups/${old}`)).status).toBe(404);
    expect((await admin.delete(`/backups/${old}`)).status).toBe(404);
    await fake.drained();
    expect(fake.engine.forgotten).toContain(old);
    expect(await app.database.query('SELECT id FROM backups')).toEqual([{ id: latest }]);
    expect((await audited(old))[0]).toEqual(['backup.delete', adminId]);
  });

  it('is refused while others continue it, or somebody is at it', async () => {
    const { id } = await insertedBackup(app);
    const child = await insertedBackup(app, { kind: 'incremental', parent_id: id });
    expect(await admin.delete(`/backups/${id}`)).toMatchObject({
      status: 409,
      body: { code: 'backup_continued', detail: expect.stringContaining(child.id) },
    });
    const busy = await insertedBackup(app, { replica: 'running' });
    expect((await admin.delete(`/backups/${busy.id}`)).body.code).toBe('backup_busy');
  });
});

it('is for the operators alone where there are several organisations', async () => {
  const multi = await TestApp.start({ env: { TENANCY: 'multi' }, replicaOf: app });
  const organizationId = await app.given.organization();
  const tenant = multi.as(await app.given.signedIn({ role: 'admin', organizationId }));
  const operator = multi.as(await app.given.signedIn({ role: 'admin' }));
  for (const path of ['/backups', '/health/jobs', '/health/traffic']) {
    expect(await tenant.get(path)).toMatchObject({ status: 403, body: { code: 'operators_only' } });
    expect((await operator.get(path)).status).toBe(200);
  }
  expect((await tenant.post('/backups', { kind: 'full' })).body.code).toBe('operators_only');
  await multi.stop();
});
