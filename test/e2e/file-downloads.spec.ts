import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, uploaded } from '../support/files.js';
import { storeOf } from '../support/store-files.js';

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
    const size = 25_000_000;
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
    const [{ bytes } = { bytes: 0 }] = await logged(file.id);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(size);
  });

  it('has its own bytes beside others, some of which break off', async () => {
    const contents = Array.from({ length: 4 }, () => randomBytes(3_000_000));
    const files = await Promise.all(contents.map((content) => uploaded(client, content)));
    const read = async (index: number, breaksOff: boolean) => {
      const { body } = await get(`/files/${files[index % 4]?.id}/download`);
      if (breaksOff) return body?.cancel();
      const got = Buffer.concat(await Readable.fromWeb(body as never).toArray());
      expect(got.equals(contents[index % 4] as Buffer)).toBe(true);
    };
    for (let round = 0; round < 3; round++)
      await Promise.all(Array.from({ length: 24 }, (_, index) => read(index, index % 3 === round)));
  });
});

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

  it('a URL of this server is given where the store gives none', async () => {
    expect(await client.get(`/files/${id}/download?mode=url`)).toMatchObject({
      status: 200,
      body: { download_url: expect.stringContaining('/api/v1/files/shared/'), expires_in_seconds: 3600 },
    });
    expect((await get(`/files/${id}/download?mode=stream`)).status).toBe(200);
    expect((await client.get(`/files/${id}/download?mode=x`)).status).toBe(400);
  });

  it('and a URL is given where the store makes them', async () => {
    const { id: own } = await uploaded(client, TEXT);
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
    const { status, body } = await client.get(`/files/${own}/download`);
    expect([status, body]).toEqual([
      200,
      { download_url: expect.stringContaining('attachment'), expires_in_seconds: 3600 },
    ]);
    const streamed = await get(`/files/${own}/download?mode=stream`);
    expect(await streamed.text()).toBe(TEXT);
    signUrl.mockRestore();
    await eventually(
      async () => expect(await logged(own, 'generate_url')).toMatchObject([{ bytes: 0, user_id: user.id }]),
      { within: 5_000 },
    );
  });
});
