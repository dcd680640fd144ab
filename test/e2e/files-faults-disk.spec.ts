import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, upload, uploaded } from '../support/files.js';
import { storeOf, traces } from '../support/store-files.js';

const MIB = 1024 * 1024;
const BINARY = { type: 'application/octet-stream' };

const disk = mkdtempSync(join(tmpdir(), 'cloudkeep-disk-'));
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]).status === 0;
const describeOnDisk = isMounted ? describe : describe.skip;
if (!isMounted) {
  // Where every test is skipped, so is what would follow them.
  rmSync(disk, { recursive: true });
  console.warn('Skipped: a disk that is full (needs root that may mount a tmpfs)');
}
afterAll(() => {
  spawnSync('umount', [disk]);
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
