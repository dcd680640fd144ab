import { once } from 'node:events';
import { connect } from 'node:net';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, formOf, uploaded } from '../support/files.js';
import { traces } from '../support/store-files.js';

describe('senders that break off', () => {
  const POSITIONS = 30;
  let app: TestApp;
  let user: SignedIn;
  beforeAll(async () => {
    app = await TestApp.start();
    user = await app.given.signedIn();
  });
  afterAll(() => app.stop());

  it.each(['form', 'body', 'chunked'])('at any of %s’s positions leave nothing', async (how) => {
    const { id } = await uploaded(app.as(user), 'first version');
    const before = await traces(app);
    const form = formOf([
      { name: 'metadata', value: '{"a":1}' },
      { name: 'file', value: Buffer.alloc(300_000, 'x'), fileName: 'a.txt', type: 'text/plain' },
    ]);
    const chunk = Buffer.concat([
      Buffer.from('493e0\r\n'),
      Buffer.alloc(300_000),
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
    const [body, head] = {
      form: [
        form.body,
        `POST /api/v1/files HTTP/1.1\r\nContent-Type: ${form.type}\r\nContent-Length: ${form.body.length}`,
      ],
      body: [Buffer.alloc(300_000), `PUT /api/v1/files/${id}/content HTTP/1.1\r\nContent-Length: 300000`],
      chunked: [chunk, `PUT /api/v1/files/${id}/content HTTP/1.1\r\nTransfer-Encoding: chunked`],
    }[how] as [Buffer, string];
    const whole = Buffer.concat([
      Buffer.from(`${head}\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n\r\n`),
      body,
    ]);
    // Everywhere, and right at both ends of the body, where most goes wrong.
    const least = whole.length - body.length;
    const positions = Array.from({ length: POSITIONS }, (_, n) => {
      if (n < 5) return least + n * 40;
      return n < 10 ? whole.length - 1 - (n - 5) * 3 : least + Math.floor(Math.random() * (body.length - 1));
    });
    await Promise.all(positions.map((at, n) => breakOff(app.url, whole.subarray(0, at), n % 2 === 0)));
    await eventually(async () => expect([positions, await traces(app)]).toEqual([positions, before]), {
      within: 5_000,
    });
    const answer = await fetchFile(app, user, `/files/${id}/download?mode=stream`);
    expect(await answer.text()).toBe('first version');
  });
});

/** Sends that much and no more: cut at once, or closed in order, as a sender that ends does. */
async function breakOff(url: string, bytes: Buffer, isCut: boolean): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  await new Promise((resolve) => socket.write(bytes, resolve));
  // Until the server has some of it: a reset takes back what it has not read.
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
  const closed = once(socket, 'close');
  socket.resume();
  if (isCut) socket.resetAndDestroy();
  else socket.end();
  await closed;
}
