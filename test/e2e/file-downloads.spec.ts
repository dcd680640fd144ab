import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import type { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, uploaded } from '../support/files.js';
import { objectKeys, storeOf } from '../support/store-files.js';

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

const get = (path: string, headers = {}, method = 'GET') => fetchFile(app, user, path, headers, method);
const TEXT = '0123456789';

async function logged(fileId: string, action = 'download') {
  const { body } = await admin.get(`/audit/file-access?file_id=${fileId}&action=${action}`);
  return body.items as { bytes: number; user_id: string }[];
}

describe('ranges', () => {
  let id: string;
  let etag: string;
  let modified: string;
  beforeAll(async () => {
    const file = await uploaded(client, TEXT);
    id = file.id;
    const answer = await get(`/files/${id}/download`);
    etag = answer.headers.get('etag') ?? '';
    modified = answer.headers.get('last-modified') ?? '';
    await answer.text();
  });

  it.each([
    ['bytes=0-3', 'bytes 0-3/10', '0123'],
    ['bytes=4-', 'bytes 4-9/10', '456789'],
    ['bytes=-3', 'bytes 7-9/10', '789'],
    ['bytes=8-100', 'bytes 8-9/10', '89'],
    ['bytes=-100', 'bytes 0-9/10', TEXT],
    ['bytes=9-9', 'bytes 9-9/10', '9'],
  ])('%s gives that part', async (range, contentRange, text) => {
    const answer = await get(`/files/${id}/download`, { range });
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      206,
      contentRange,
      text,
    ]);
    expect(answer.headers.get('content-length')).toBe(String(text.length));
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=0-1,5-6'])('%s is refused', async (range) => {
    const answer = await get(`/files/${id}/download`, { range });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(await answer.json()).toMatchObject({ code: 'range_not_satisfiable' });
  });

  it.each(['items=0-1', 'bytes', 'bytes=a-b', 'nonsense'])('%s is as if it were not there', async (range) => {
    const answer = await get(`/files/${id}/download`, { range });
    expect([answer.status, await answer.text()]).toEqual([200, TEXT]);
  });

  it('are given of what If-Range names, and all of anything else', async () => {
    const part = async (ifRange: string) =>
      (await get(`/files/${id}/download`, { range: 'bytes=0-0', 'if-range': ifRange })).status;
    expect([await part(etag), await part(modified)]).toEqual([206, 206]);
    expect(await part('"other"')).toBe(200);
    expect(await part(`W/${etag}`)).toBe(200);
    expect(await part('Mon, 01 Jan 2024 00:00:00 GMT')).toBe(200);
    expect(await part('rubbish')).toBe(200);
  });

  it('conditions are kept', async () => {
    const status = async (headers: Record<string, string>) =>
      (await get(`/files/${id}/download`, headers)).status;
    const past = 'Mon, 01 Jan 2024 00:00:00 GMT';
    const future = new Date(Date.now() + 1e8).toUTCString();
    expect(await status({ 'if-none-match': etag })).toBe(304);
    expect(await status({ 'if-none-match': `W/${etag}` })).toBe(304);
    expect(await status({ 'if-none-match': `"x", ${etag}` })).toBe(304);
    expect(await status({ 'if-none-match': '*' })).toBe(304);
    expect(await status({ 'if-none-match': '"x"' })).toBe(200);
    expect(await status({ 'if-none-match': '"x"', 'if-modified-since': future })).toBe(200);
    expect(await status({ 'if-none-match': etag, 'if-modified-since': past })).toBe(304);
    expect(await status({ 'if-modified-since': modified })).toBe(304);
    expect(await status({ 'if-modified-since': past })).toBe(200);
    expect(await status({ 'if-match': etag })).toBe(200);
    expect(await status({ 'if-match': '*' })).toBe(200);
    expect(await status({ 'if-match': '"x"' })).toBe(412);
    expect(await status({ 'if-match': `W/${etag}` })).toBe(412);
    expect(await status({ 'if-unmodified-since': modified })).toBe(200);
    expect(await status({ 'if-unmodified-since': past })).toBe(412);
    expect(await status({ 'if-match': '"x"', 'if-none-match': etag })).toBe(412);
    expect(await status({ 'if-none-match': etag, range: 'bytes=0-1' })).toBe(304);
  });

  it('HEAD answers as GET would, without the bytes', async () => {
    const answer = await get(`/files/${id}/download`, {}, 'HEAD');
    expect([answer.status, answer.headers.get('content-length'), answer.headers.get('etag')]).toEqual([
      200,
      '10',
      etag,
    ]);
    expect(await answer.text()).toBe('');
    expect((await get(`/files/${id}/download`, { 'if-none-match': etag }, 'HEAD')).status).toBe(304);
    expect((await get('/files/01900000-0000-7000-8000-000000000000/download', {}, 'HEAD')).status).toBe(404);
  });

  it('a URL is refused where the store gives none', async () => {
    expect(await client.get(`/files/${id}/download?mode=url`)).toMatchObject({
      status: 501,
      body: { code: 'download_url_not_supported' },
    });
    expect((await get(`/files/${id}/download?mode=stream`)).status).toBe(200);
    expect((await client.get(`/files/${id}/download?mode=x`)).status).toBe(400);
  });

  it('and a URL is given where the store makes them', async () => {
    const store = storeOf(app);
    const signUrl = jest
      .spyOn(store, 'signUrl')
      .mockImplementation((key, method, { expiresInSeconds, disposition }) =>
        Promise.resolve({
          method,
          url: `https://store.example/${encodeURIComponent(key)}?as=${encodeURIComponent(disposition ?? '')}`,
          headers: {},
          expiresAt: new Date(Date.now() + expiresInSeconds * 1000),
        }),
      );
    const { status, body } = await client.get(`/files/${id}/download`);
    expect([status, body]).toEqual([
      200,
      { download_url: expect.stringContaining('attachment'), expires_in_seconds: 3600 },
    ]);
    const streamed = await get(`/files/${id}/download?mode=stream`);
    expect(await streamed.text()).toBe(TEXT);
    signUrl.mockRestore();
    await eventually(
      async () => expect(await logged(id, 'generate_url')).toMatchObject([{ bytes: 0, user_id: user.id }]),
      { within: 5_000 },
    );
  });
});

describe('a download', () => {
  it('is logged with the bytes that went out, to whom and from where', async () => {
    const file = await uploaded(client, TEXT);
    await (await get(`/files/${file.id}/download`)).text();
    await (await get(`/files/${file.id}/download`, { range: 'bytes=2-4', 'user-agent': 'curl/8' })).text();
    await get(`/files/${file.id}/download`, {}, 'HEAD');
    await get(`/files/${file.id}/download`, { 'if-none-match': `"${file.sha256}"` });
    await eventually(
      async () =>
        expect(await logged(file.id)).toEqual([
          expect.objectContaining({
            bytes: 3,
            user_agent: 'curl/8',
            ip_address: '127.0.0.1',
            user_id: user.id,
            file_key: file.file_key,
            storage_backend: 'local',
          }),
          expect.objectContaining({ bytes: 10 }),
        ]),
      { within: 5_000 },
    );
  });

  it('whose reader goes away lets go of the file, and logs what it got', async () => {
    const size = 50_000_000;
    const file = await uploaded(client, Buffer.alloc(size, 1), { type: 'application/octet-stream' });
    const store = storeOf(app);
    const bodies: Readable[] = [];
    const read = store.get.bind(store);
    const spy = jest.spyOn(store, 'get').mockImplementation(async (...asked) => {
      const body = await read(...asked);
      bodies.push(body);
      return body;
    });
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `GET /api/v1/files/${file.id}/download HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n\r\n`,
    );
    await once(socket, 'data');
    socket.resetAndDestroy();
    await eventually(() => expect(bodies.map(({ destroyed }) => destroyed)).toEqual([true]), {
      within: 5_000,
    });
    spy.mockRestore();
    await eventually(async () => expect(await logged(file.id)).toHaveLength(1), { within: 5_000 });
    const [{ bytes = 0 } = {}] = await logged(file.id);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(size);
  });

  it('reads no faster than its reader', async () => {
    const file = await uploaded(client, Buffer.alloc(50_000_000, 1), { type: 'application/octet-stream' });
    const store = storeOf(app);
    let read = 0;
    const spy = jest.spyOn(store, 'get').mockImplementation(() =>
      Promise.resolve(
        Readable.from(
          (function* () {
            for (; read < 50_000_000; read += 50_000) yield Buffer.alloc(50_000, 1);
          })(),
          { objectMode: false },
        ),
      ),
    );
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `GET /api/v1/files/${file.id}/download HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n\r\n`,
    );
    await once(socket, 'data');
    socket.pause();
    let before = -1;
    // Until it stands still for two looks in a row.
    await eventually(
      () => {
        const since = before;
        before = read;
        expect(read).toBe(since);
      },
      { within: 10_000 },
    );
    expect(read).toBeLessThan(40_000_000);
    socket.destroy();
    spy.mockRestore();
  });

  it('that the store breaks off ends as a broken connection, not as a whole file', async () => {
    const file = await uploaded(client, randomBytes(1_000_000), { type: 'application/octet-stream' });
    const store = storeOf(app);
    const spy = jest.spyOn(store, 'get').mockImplementation(() =>
      Promise.resolve(
        Readable.from(
          (function* () {
            yield Buffer.alloc(100_000);
            throw new Error('The disk is on fire');
          })(),
          { objectMode: false },
        ),
      ),
    );
    const answer = await get(`/files/${file.id}/download`);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    spy.mockRestore();
    expect((await get(`/files/${file.id}/download`, { range: 'bytes=0-9' })).status).toBe(206);
  });

  it('of what the store has lost says so, without its place', async () => {
    const file = await uploaded(client, 'lost');
    const store: ObjectStore = storeOf(app);
    const key = (await objectKeys(app)).find((one) => one.endsWith(file.file_key)) ?? '';
    await store.delete(key);
    const answer = await get(`/files/${file.id}/download`);
    const text = await answer.text();
    expect([answer.status, text]).toEqual([500, expect.stringContaining('file_content_missing')]);
    expect(text).not.toContain(file.file_key);
    expect((await client.get(`/files/${file.id}`)).status).toBe(200);
  });
});

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

it('digests are of the bytes', async () => {
  expect((await uploaded(client, TEXT)).sha256).toBe(createHash('sha256').update(TEXT).digest('hex'));
});
