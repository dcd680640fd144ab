import { randomUUID } from 'node:crypto';
import { truncateSync } from 'node:fs';
import { jest } from '@jest/globals';
import { FilesJobs } from '../../src/modules/files/files.jobs.js';
import { StorageCheckService } from '../../src/modules/files/storage-check.service.js';
import { TestApp } from '../support/app.js';
import { uploaded } from '../support/files.js';
import { filesOnDisk, storeOf } from '../support/store-files.js';
import { storedKeys } from '../support/stored-objects.js';

const DAY = 24 * 60 * 60;

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { FILE_TRASH_DAYS: '7', STORAGE_ENCRYPT: 'true' } });
});
afterAll(() => app.stop());

const jobs = () => app.cloudkeep.nest.get(FilesJobs, { strict: false });
const usage = async (organizationId: string) =>
  (
    await app.database.query(
      'SELECT used_bytes::int, file_count::int FROM storage_usage WHERE organization_id = $1 AND subject_id = $1',
      [organizationId],
    )
  )[0];

it('objects that no row names are removed after a day; those of other modules are not touched', async () => {
  const client = app.as(await app.given.signedIn());
  const file = await uploaded(client, 'named');
  const store = storeOf(app);
  const orphan = `files/default/${randomUUID()}_orphan.txt`;
  await store.set(orphan, Buffer.from('orphan'));
  await store.set('backups/full', Buffer.from('ours not'));
  await jobs().check();
  expect(await storedKeys(app)).toContain(orphan);
  app.clock.advance(DAY + 60);
  const refusing = jest.spyOn(storeOf(app), 'delete').mockRejectedValue(new Error('The disk is read-only'));
  const report = await app.cloudkeep.nest.get(StorageCheckService).check(true, () => undefined);
  expect(report).toMatchObject({ orphans: 1, removed: 0 });
  refusing.mockRestore();
  await jobs().check();
  const keys = await storedKeys(app);
  expect(keys).not.toContain(orphan);
  expect(keys).toEqual(expect.arrayContaining(['backups/full', `files/${file.file_key}`]));
});

it('a damaged object keeps nobody from looking at the others', async () => {
  const file = await uploaded(app.as(await app.given.signedIn()), 'damaged');
  const orphan = `default/${randomUUID()}_damaged.txt`;
  await storeOf(app).set(`files/${orphan}`, Buffer.from('damaged'));
  for (const key of [orphan, file.file_key])
    truncateSync(filesOnDisk(app).find((path) => path.endsWith(encodeURIComponent(key))) ?? '', 9);
  const found: string[] = [];
  const report = await app.cloudkeep.nest
    .get(StorageCheckService)
    .check(true, (kind, key) => found.push(`${kind} ${key}`));
  expect([report, found]).toEqual([{ orphans: 1, removed: 0, missing: 0 }, [`orphan ${orphan}`]]);
});

it('rows whose object is gone are counted', async () => {
  const file = await uploaded(app.as(await app.given.signedIn()), 'lost');
  const missing = async () =>
    /^cloudkeep_files_content_missing (\d+)$/m.exec((await app.anyone.get('//metrics')).text)?.[1];
  await jobs().check();
  expect(await missing()).toBe('0');
  await storeOf(app).delete(`files/${file.file_key}`);
  await jobs().check();
  expect(await missing()).toBe('1');
});

it('what was in the trash for long enough is gone, with its versions, its objects and its count', async () => {
  const user = await app.given.signedIn({ organizationId: await app.given.organization() });
  const client = app.as(user);
  const before = filesOnDisk(app).length;
  const [gone, restored, kept] = [
    await uploaded(client, 'gone'),
    await uploaded(client, 'restored'),
    await uploaded(client, 'kept'),
  ];
  await client.with({ 'content-type': 'text/plain' }).put(`/files/${gone.id}/content`, 'gone too');
  await client.delete(`/files/${gone.id}`);
  await client.delete(`/files/${restored.id}`);
  app.clock.advance(6 * DAY);
  await jobs().purge();
  const again = app.as(await app.given.signIn(user));
  expect((await again.get('/files?deleted=true')).body.items).toHaveLength(2);
  await again.post(`/files/${restored.id}/restore`);
  await again.delete(`/files/${kept.id}`);
  app.clock.advance(1 * DAY + 60);
  await jobs().purge();
  const last = app.as(await app.given.signIn(user));
  expect((await last.get('/files?deleted=true')).body.items.map((one: { id: string }) => one.id)).toEqual([
    kept.id,
  ]);
  expect((await last.post(`/files/${gone.id}/restore`)).status).toBe(404);
  expect(await usage(user.organizationId)).toEqual({ used_bytes: 12, file_count: 2 });
  const keys = await storedKeys(app);
  expect(keys.filter((key) => key.includes(gone.file_key))).toEqual([]);
  expect(filesOnDisk(app)).toHaveLength(before + 2);
  const trail = await app.database.query(
    'SELECT user_id, details FROM audit_logs WHERE action = $1 AND resource = $2',
    ['file.purge', `file:${gone.id}`],
  );
  expect(trail).toEqual([{ user_id: null, details: { versions: 2, bytes: 12 } }]);
  expect(await app.database.query('SELECT FROM file_access_logs WHERE file_id = $1', [gone.id])).toHaveLength(
    3,
  );
});
