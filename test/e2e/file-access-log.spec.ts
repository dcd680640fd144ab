import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { uploaded } from '../support/files.js';

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
let admin: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
  user = await app.given.signedIn();
  client = app.as(user);
  admin = app.as(await app.given.signedIn({ role: 'admin' }));
});
afterAll(() => app.stop());

const TEXT = '0123456789';

describe('the log of who had files in hand', () => {
  it('tells of uploads, versions, deletions and restorations, and can not be changed', async () => {
    const file = await uploaded(client, TEXT);
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
