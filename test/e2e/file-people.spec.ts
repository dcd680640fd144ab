import { OrganizationRemoval } from '../../src/modules/organizations/organization-removal.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { uploaded } from '../support/files.js';
import { storedKeys } from '../support/stored-objects.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

describe('the log of who had files in hand', () => {
  let admin: ApiClient;
  beforeAll(async () => {
    admin = app.as(await app.given.signedIn({ role: 'admin' }));
  });

  it('tells of uploads, versions, deletions and restorations, and can not be changed', async () => {
    const client = app.as(await app.given.signedIn());
    const file = await uploaded(client, '0123456789');
    await client.with({ 'content-type': 'text/plain' }).put(`/files/${file.id}/content`, 'two');
    await client.delete(`/files/${file.id}`);
    await client.post(`/files/${file.id}/restore`);
    const { body } = await admin.get(`/audit/file-access?file_id=${file.id}`);
    expect(body.items.map((one: { action: string; bytes: number }) => [one.action, one.bytes])).toEqual([
      ['restore', 0],
      ['delete', 0],
      ['upload', 3],
      ['upload', 10],
    ]);
    const trail = await app.database.query<{ action: string }>(
      'SELECT action FROM audit_logs WHERE resource = $1 ORDER BY id',
      [`file:${file.id}`],
    );
    expect(trail.map(({ action }) => action)).toEqual([
      'file.upload',
      'file.add_version',
      'file.delete',
      'file.restore',
    ]);
    for (const change of [
      'DELETE FROM file_access_logs',
      'TRUNCATE file_access_logs',
      "UPDATE file_access_logs SET action = 'x'",
      "UPDATE file_access_logs SET file_key = 'x'",
      'UPDATE file_access_logs SET bytes = bytes + 1',
    ])
      await expect(app.database.query(change)).rejects.toThrow('append-only');
  });

  it('is filtered, page by page, and for auditors of the organisation alone', async () => {
    const own = await app.given.signedIn();
    const by = app.as(own);
    const a = await uploaded(by, 'a');
    app.clock.advance(60);
    const between = app.clock.now().toISOString();
    const b = await uploaded(by, 'b');
    await by.delete(`/files/${b.id}`);
    const found = async (query: string) =>
      (await admin.get(`/audit/file-access?user_id=${own.id}&${query}`)).body.items.map(
        (one: { file_id: string; action: string }) => [one.file_id, one.action],
      );
    expect(await found('')).toEqual([
      [b.id, 'delete'],
      [b.id, 'upload'],
      [a.id, 'upload'],
    ]);
    expect(await found('action=upload')).toEqual([
      [b.id, 'upload'],
      [a.id, 'upload'],
    ]);
    expect(await found(`from=${between}`)).toHaveLength(2);
    expect(await found(`to=${between}`)).toEqual([[a.id, 'upload']]);
    expect(await found('ip=127.0.0.0/8')).toHaveLength(3);
    expect(await found('ip=10.0.0.1')).toEqual([]);
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await admin.get(
        `/audit/file-access?user_id=${own.id}&limit=1${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...body.items.map((one: { file_id: string; action: string }) => [one.file_id, one.action]));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(await found(''));
    expect((await by.get('/audit/file-access')).status).toBe(403);
    const elsewhere = app.as(
      await app.given.signedIn({ role: 'admin', organizationId: await app.given.organization() }),
    );
    expect((await elsewhere.get('/audit/file-access')).body.items).toEqual([]);
    for (const bad of ['action=x', 'ip=x', 'from=x', 'user_id=x', 'cursor=x', 'x=y'])
      expect([bad, (await admin.get(`/audit/file-access?${bad}`)).status]).toEqual([bad, 400]);
  });
});

it('a person’s files and accesses are exported', async () => {
  const user = await app.given.signedIn();
  const client = app.as(user);
  const [kept, thrown] = [
    await uploaded(client, 'kept', { fields: { metadata: '{"a":1}' } }),
    await uploaded(client, 'thrown'),
  ];
  await client.delete(`/files/${thrown.id}`);
  const { data } = (await client.get(`/users/${user.id}/export`)).body;
  expect(data.files).toEqual([
    kept,
    { ...thrown, deleted_at: expect.any(String), updated_at: expect.any(String) },
  ]);
  expect(data.file_access.map((one: { action: string }) => one.action)).toEqual([
    'delete',
    'upload',
    'upload',
  ]);
});

it('whoever is erased leaves no file, no object and no name', async () => {
  const admin = app.as(await app.given.signedIn({ role: 'admin' }));
  const user = await app.given.signedIn();
  const client = app.as(user);
  const file = await uploaded(client, 'private', { fileName: 'grace-hopper-cv.txt' });
  await client.with({ 'content-type': 'text/plain' }).put(`/files/${file.id}/content`, 'private too');
  const thrown = await uploaded(client, 'thrown', { fileName: 'grace-hopper-old.txt' });
  await client.delete(`/files/${thrown.id}`);
  const bystander = await uploaded(admin, 'stays', { fileName: 'stays.txt' });
  expect((await admin.delete(`/users/${user.id}`)).status).toBe(204);
  expect(await app.database.query('SELECT FROM files WHERE owner_id = $1', [user.id])).toEqual([]);
  expect(await app.database.query('SELECT FROM storage_usage WHERE subject_id = $1', [user.id])).toEqual([]);
  expect((await storedKeys(app)).join()).not.toContain('grace');
  const log = await app.database.query<{ file_key: string }>(
    'SELECT file_key FROM file_access_logs WHERE user_id = $1',
    [user.id],
  );
  expect(log).toHaveLength(4);
  expect(log.every(({ file_key: key }) => /^default\/[0-9a-f-]{36}$/.test(key))).toBe(true);
  const trail = await app.database.query('SELECT a::text AS text FROM audit_logs a');
  expect(JSON.stringify(trail)).not.toContain('grace');
  expect((await admin.get(`/files/${bystander.id}`)).status).toBe(200);
  const [{ used_bytes: used } = {}] = await app.database.query(
    'SELECT used_bytes::int FROM storage_usage WHERE subject_id = organization_id AND organization_id = $1',
    [user.organizationId],
  );
  const [{ sum } = {}] = await app.database.query('SELECT sum(size)::int AS sum FROM file_versions');
  expect(used).toBe(sum);
});

it('an organisation that is removed takes the files of its people and of its keys along', async () => {
  const organizationId = await app.given.organization('Leaving');
  const maker = await app.given.signedIn({ role: 'admin', organizationId });
  const other = await app.given.signedIn({ role: 'admin', organizationId });
  const key = app.as(await app.given.apiKey(maker, ['files:write']));
  await uploaded(app.as(other), 'of a person', { fileName: 'leaving-person.txt' });
  expect((await app.as(other).delete(`/users/${maker.id}`)).status).toBe(204);
  await uploaded(key, 'of a key', { fileName: 'leaving-key.txt' });
  await app.database.query(`UPDATE organizations SET deletion_at = now() - interval '1 day' WHERE id = $1`, [
    organizationId,
  ]);
  await app.cloudkeep.nest.get(OrganizationRemoval, { strict: false }).removeDue();
  expect(await app.database.query('SELECT FROM organizations WHERE id = $1', [organizationId])).toEqual([]);
  expect((await storedKeys(app)).join()).not.toContain('leaving');
});
