import { once } from 'node:events';
import { connect } from 'node:net';
import { Transform } from 'node:stream';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { formOf, upload, uploaded } from '../support/files.js';
import { storeOf, traces } from '../support/store-files.js';

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
  user = await app.given.signedIn();
  client = app.as(user);
});
afterAll(() => app.stop());

const FILE = { name: 'file', value: 'content', fileName: 'a.txt', type: 'text/plain' };

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
