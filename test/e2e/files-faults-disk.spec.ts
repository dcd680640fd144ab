import { statfsSync } from 'node:fs';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, upload, uploaded } from '../support/files.js';
import { A_MOUNT, SmallDisk } from '../support/small-disk.js';
import { storeOf, traces } from '../support/store-files.js';
import { describeWhere } from '../support/where.js';

const MIB = 1024 * 1024;
const BINARY = { type: 'application/octet-stream' };

const disk = new SmallDisk(8);
afterAll(() => disk.remove());

describeWhere(disk.isMounted, A_MOUNT, 'a disk of 8 MiB', () => {
  let app: TestApp;
  let user: SignedIn;
  let client: ApiClient;
  beforeAll(async () => {
    app = await TestApp.start({ env: { LOCAL_STORAGE_PATH: disk.path } });
    user = await app.given.signedIn();
    client = app.as(user);
  });
  afterAll(() => app.stop());
  const all = async () => ({ ...(await traces(app)), usage: (await client.get('/files/usage')).body });
  const free = () => {
    const { bfree, bsize } = statfsSync(disk.path);
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
    expect(Buffer.alloc(3 * MIB, 1).equals(Buffer.from(await kept.arrayBuffer()))).toBe(true);
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
