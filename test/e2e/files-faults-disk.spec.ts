import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, formOf, upload, uploaded } from '../support/files.js';
import { filesOnDisk, storeOf, traces } from '../support/store-files.js';

const MIB = 1024 * 1024;
const BINARY = { type: 'application/octet-stream' };

const disk = mkdtempSync(join(tmpdir(), 'cloudkeep-disk-'));
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]).status === 0;
const describeOnDisk = isMounted ? describe : describe.skip;
if (!isMounted) console.warn('Skipped: a disk that is full (needs root that may mount a tmpfs)');
afterAll(() => {
  if (isMounted) spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

describeOnDisk('a disk of 8 MiB', () => {
  let app: TestApp;
  let user: SignedIn;
  let client: ApiClient;
  beforeAll(async () => {
    app = await TestApp.start({ env: { LOCAL_STORAGE_PATH: disk } });
    user = await app.given.signedIn();
    client = app.as(user);
  });
  afterAll(() => app.stop());
  const all = async () => ({ ...(await traces(app)), usage: (await client.get('/files/usage')).body });
  const free = () => {
    const { bfree, bsize } = statfsSync(disk);
    return bfree * bsize;
  };
  const FULL = { status: 507, body: { code: 'storage_full' } };

  it('refuses what does not fit and leaves nothing of it; reading and what fits go on', async () => {
    const file = await uploaded(client, Buffer.alloc(3 * MIB, 1), BINARY);
    const [before, room] = [await all(), free()];
    const put = client.with({ 'content-type': BINARY.type });
    expect(await upload(client, Buffer.alloc(6 * MIB), BINARY)).toMatchObject(FULL);
    expect(await put.put(`/files/${file.id}/content`, Buffer.alloc(6 * MIB))).toMatchObject(FULL);
    expect(await all()).toEqual(before);
    expect(free()).toBe(room);
    const kept = await fetchFile(app, user, `/files/${file.id}/download?mode=stream`);
    expect(Buffer.from(await kept.arrayBuffer())).toEqual(Buffer.alloc(3 * MIB, 1));
    await uploaded(client, Buffer.alloc(4 * MIB), BINARY);
  });

  it('filled to the last byte, takes nothing, gives back what it has, and takes again when there is room', async () => {
    const store = storeOf(app);
    const room = free();
    await store.set('ballast', Buffer.alloc(room - (room % 4096) - 4096));
    const [before, answers] = [
      await all(),
      await Promise.all(Array.from({ length: 10 }, () => upload(client, Buffer.alloc(64 * 1024), BINARY))),
    ];
    for (const answer of answers) expect(answer).toMatchObject(FULL);
    expect(await all()).toEqual(before);
    expect((await app.anyone.get('//health/live')).status).toBe(200);
    await store.delete('ballast');
    expect((await upload(client, Buffer.alloc(64 * 1024), BINARY)).status).toBe(201);
  });
});

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
    expect(filesOnDisk(app)).toEqual(before.disk);
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
