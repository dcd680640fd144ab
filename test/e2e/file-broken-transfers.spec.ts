import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable, Transform } from 'node:stream';
import { jest } from '@jest/globals';
import { RootLogger } from '../../src/common/http/logger.js';
import { FileAccessLog } from '../../src/modules/files/file-access-log.js';
import { FileSender } from '../../src/modules/files/file-sender.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, formOf, upload, uploaded } from '../support/files.js';
import { storeOf, traces } from '../support/store-files.js';
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

const download = (id: string, headers = {}) => fetchFile(app, user, `/files/${id}/download`, headers);
const problemOf = async (answer: Response) => [
  answer.status,
  ((await answer.json()) as { code: string }).code,
];
const FILE = { name: 'file', value: 'content', fileName: 'a.txt', type: 'text/plain' };

/** A download of what the store holds otherwise than it was sent. */
async function heldOtherwise(held: number, sent: number): Promise<Response> {
  const file = await uploaded(client, Buffer.alloc(sent), { type: 'application/octet-stream' });
  await storeOf(app).set(`files/${file.file_key}`, Buffer.alloc(held));
  return download(file.id);
}

describe('an upload that its sender gives up', () => {
  it('leaves nothing of a version either', async () => {
    const file = await uploaded(client, 'one');
    const before = await traces(app);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      `PUT /api/v1/files/${file.id}/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\nContent-Length: 500000\r\n\r\n`,
    );
    socket.write(Buffer.alloc(300_000, 'x'));
    await eventually(async () => expect(await traces(app)).not.toEqual(before), { within: 5_000 });
    socket.resetAndDestroy();
    await eventually(async () => expect(await traces(app)).toEqual(before), { within: 5_000 });
  });
});

describe('a store that fails', () => {
  it('is told of, and leaves nothing', async () => {
    const store = storeOf(app);
    const set = store.setMultipart.bind(store);
    const failing = Transform.from(async function* (source: AsyncIterable<Buffer>) {
      let seen = 0;
      for await (const chunk of source) {
        seen += chunk.length;
        if (seen > 100_000) throw new Error('The disk is on fire');
        yield chunk;
      }
    });
    store.setMultipart = (key, body, options) => set(key, body.pipe(failing), options);
    try {
      const { type, body } = formOf([{ ...FILE, value: Buffer.alloc(900_000, 'x') }]);
      const headers = { authorization: `Bearer ${user.token}`, 'content-type': type };
      const sent = { method: 'POST', headers, body: new Uint8Array(body) };
      const before = await traces(app);
      expect((await fetch(`${app.url}/api/v1/files`, sent)).status).toBe(500);
      expect(await traces(app)).toEqual(before);
    } finally {
      store.setMultipart = set;
    }
    expect((await upload(client, 'and works again')).status).toBe(201);
  });
});

describe('a download', () => {
  it('reads no faster than its reader', async () => {
    const size = 25_000_000;
    const file = await uploaded(client, Buffer.alloc(size, 1), { type: 'application/octet-stream' });
    const store = storeOf(app);
    let read = 0;
    const spy = jest.spyOn(store, 'get').mockImplementation(() =>
      Promise.resolve(
        Readable.from(
          (function* () {
            for (; read < size; read += 50_000) yield Buffer.alloc(50_000, 1);
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
    expect(read).toBeLessThan(0.8 * size);
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
    const answer = await download(file.id);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    spy.mockRestore();
    expect((await download(file.id, { range: 'bytes=0-9' })).status).toBe(206);
  });

  it.each(['the store is asked', 'its first byte'])(
    'whose reader goes away before %s is no fault of ours',
    async (what) => {
      const file = await uploaded(client, Buffer.alloc(100_000), { type: 'application/octet-stream' });
      const { nest } = app.cloudkeep;
      const faults = jest.spyOn(nest.get(RootLogger).pino, 'error');
      const [sender, leaving] = [nest.get(FileSender), new AbortController()];
      const send = sender.send.bind(sender);
      const spy =
        what === 'its first byte'
          ? jest.spyOn(storeOf(app), 'get').mockImplementation((_, { signal } = {}) => {
              leaving.abort();
              return new Promise((_resolve, reject) => {
                signal?.addEventListener('abort', () => reject(signal.reason as Error));
              });
            })
          : jest.spyOn(sender, 'send').mockImplementation(async (download, to, request, response) => {
              leaving.abort();
              await once(response, 'close');
              await send(download, to, request, response);
            });
      const headers = { authorization: `Bearer ${user.token}` };
      const url = `${app.url}/api/v1/files/${file.id}/download`;
      await expect(fetch(url, { headers, signal: leaving.signal })).rejects.toThrow();
      await eventually(
        async () => {
          await nest.get(FileAccessLog).flush();
          const log = await admin.get(`/audit/file-access?file_id=${file.id}&action=download`);
          expect(log.body.items).toMatchObject([{ bytes: 0 }]);
        },
        { within: 5_000 },
      );
      expect(faults).not.toHaveBeenCalled();
      for (const mock of [spy, faults]) mock.mockRestore();
    },
  );

  it.each([
    [99_999, 100_000],
    [1_000_001, 1_000_000],
  ])('of which the store holds %i bytes instead of %i ends as a broken connection', async (held, sent) => {
    const answer = await heldOtherwise(held, sent);
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(sent)]);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  it.each([
    [9, 10],
    [11, 10],
    [100_001, 100_000],
  ])('of which the store holds %i bytes instead of %i says so before the first', async (held, sent) => {
    const answer = await heldOtherwise(held, sent);
    expect(await problemOf(answer)).toEqual([500, 'file_content_damaged']);
  });

  it('of what the store has lost says so, without its place', async () => {
    const file = await uploaded(client, 'lost');
    const store = storeOf(app);
    const key = (await storedKeys(app)).find((one) => one.endsWith(file.file_key)) ?? '';
    await store.delete(key);
    const answer = await download(file.id);
    const text = await answer.text();
    expect([answer.status, text]).toEqual([500, expect.stringContaining('file_content_missing')]);
    expect(text).not.toContain(file.file_key);
    expect((await client.get(`/files/${file.id}`)).status).toBe(200);
  });
});
