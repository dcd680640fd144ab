import { OrganizationRemoval } from '../../src/modules/organizations/organization-removal.js';
import { TestApp } from '../support/app.js';
import { uploaded } from '../support/files.js';
import { storedKeys } from '../support/stored-objects.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

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
