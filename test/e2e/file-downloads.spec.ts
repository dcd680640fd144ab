import { randomBytes } from 'node:crypto';
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
import { storeOf } from '../support/store-files.js';
import { storedKeys } from '../support/stored-objects.js';

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
    const key = (await storedKeys(app)).find((one) => one.endsWith(file.file_key)) ?? '';
    await store.delete(key);
    const answer = await get(`/files/${file.id}/download`);
    const text = await answer.text();
    expect([answer.status, text]).toEqual([500, expect.stringContaining('file_content_missing')]);
    expect(text).not.toContain(file.file_key);
    expect((await client.get(`/files/${file.id}`)).status).toBe(200);
  });
});
