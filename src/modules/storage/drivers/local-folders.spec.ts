import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { MIB, pattern, streamed } from '../../../../test/support/object-stores/stage.js';
import { A_MOUNT, SmallDisk } from '../../../../test/support/small-disk.js';
import { itWhere } from '../../../../test/support/where.js';
import { LocalFolders } from './local-folders.js';
import { placeOf } from './local-layout.js';
import { LocalStore } from './local.driver.js';

const HOUR_MS = 60 * 60 * 1000;
/** So long that it goes on in folders. */
const LONG = `${'x'.repeat(250)}/${'y'.repeat(250)}`;

let outside: string;
let root: string;
let store: LocalStore;
beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'cloudkeep-folder-'));
  root = join(outside, 'store');
  store = await LocalStore.open(root);
});
afterEach(() => rm(outside, { recursive: true, force: true }));

const at = (key: string) => join(root, placeOf(key).path);
const listed = async (of: LocalStore, prefix?: string) => {
  const keys: string[] = [];
  for await (const key of of.keys(prefix)) keys.push(key);
  return keys.sort();
};

describe('the folder of a local store', () => {
  it('holds plain files that a person can read, for their owner alone', async () => {
    await store.set('documents/report.pdf', Buffer.from('the bytes'));
    expect(at('documents/report.pdf')).toMatch(/\/[0-9a-f]{2}\/[0-9a-f]{2}\/documents%2Freport\.pdf$/);
    const { mode, size } = await stat(at('documents/report.pdf'));
    expect([mode & 0o777, size]).toEqual([0o600, 9]);
    for (const folder of [root, dirname(at('documents/report.pdf'))])
      expect((await stat(folder)).mode & 0o077).toBe(0);
  });

  // That nothing is read or harmed through a link test/e2e/attacks/stores.spec.ts shows.
  it('gets a file of its own where a link was, which is no object', async () => {
    await store.set('linked', Buffer.from('x'));
    await rm(at('linked'));
    await symlink(join(outside, 'victim'), at('linked'));
    await expect(store.get('linked')).rejects.toMatchObject({ code: 'object_not_found' });
    await expect(store.copy('linked', 'copied')).rejects.toMatchObject({ code: 'object_not_found' });
    await store.set('linked', Buffer.from('ours'));
    expect((await buffer(await store.get('linked'))).toString()).toBe('ours');
  });

  it.each([1, 2])('has nothing and takes nothing behind a linked folder, %d levels deep', async (levels) => {
    await store.set('key', Buffer.from('x'));
    const linked = levels === 1 ? dirname(dirname(at('key'))) : dirname(at('key'));
    await rename(linked, join(outside, 'elsewhere'));
    await symlink(join(outside, 'elsewhere'), linked);
    expect(await listed(store)).toEqual([]);
    await expect(store.get('key')).rejects.toMatchObject({ code: 'object_not_found' });
    await expect(store.set('key', Buffer.from('new'))).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  it('may be reached by a link itself', async () => {
    await symlink(root, join(outside, 'link'));
    const linked = await LocalStore.open(join(outside, 'link'));
    await linked.set('key', Buffer.from('x'));
    expect(await store.has('key')).toBe(true);
  });

  it('may hold files of others, which are no objects', async () => {
    await store.set('key', Buffer.from('x'));
    const folder = dirname(at('key'));
    for (const name of ['note.txt', '%zz', '%2E%2E%2Fx', '~', '.DS_Store'])
      await writeFile(join(folder, name), 'y');
    await mkdir(join(folder, 'lost+found'));
    await mkdir(join(root, 'backup'));
    expect(await listed(store)).toEqual(['key']);
  });

  it('is listed by the beginnings of its keys', async () => {
    for (const key of ['a/1', 'a/2', 'b/a']) await store.set(key, Buffer.from('x'));
    expect(await listed(store, 'a')).toEqual(['a/1', 'a/2']);
    expect(await listed(store, 'a/')).toEqual(['a/1', 'a/2']);
    expect(await listed(store, '1')).toEqual([]);
  });

  it('is listed past folders that go meanwhile', async () => {
    const keys = Array.from({ length: 9 }, (_, index) => `key-${index}`);
    for (const key of keys) await store.set(key, Buffer.from('x'));
    const shards = new Set(keys.map((key) => dirname(dirname(at(key)))));
    const found: string[] = [];
    for await (const key of store.keys()) {
      found.push(key);
      for (const shard of shards)
        if (shard !== dirname(dirname(at(key)))) await rm(shard, { recursive: true, force: true });
    }
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map((key) => dirname(dirname(at(key)))))).toHaveProperty('size', 1);
  });

  it('shows nothing behind a link where the rest of a long name would lie', async () => {
    await store.set(LONG, Buffer.from('x'));
    const folder = dirname(at(LONG));
    await rename(folder, join(outside, 'elsewhere'));
    await symlink(join(outside, 'elsewhere'), folder);
    expect(await listed(store)).toEqual([]);
  });

  it('keeps a folder in which something else lies', async () => {
    await store.set(LONG, Buffer.from('x'));
    const note = join(dirname(at(LONG)), 'note.txt');
    await writeFile(note, 'y');
    await store.delete(LONG);
    expect(existsSync(note)).toBe(true);
  });

  it('loses the folders of a long name with its object, and no others', async () => {
    await store.set(LONG, Buffer.from('x'));
    expect(at(LONG).split('~/').length).toBeGreaterThan(2);
    expect(await listed(store)).toEqual([LONG]);
    await store.delete(LONG);
    expect(await readdir(join(root, ...placeOf(LONG).folder.split('/').slice(0, 2)))).toEqual([]);
  });
});

describe('what a process that died left of its uploads', () => {
  it('is removed at the next start, but not what another still writes', async () => {
    const [old, recent] = ['old', 'recent'].map((name) => join(root, 'incoming', name)) as [string, string];
    for (const draft of [old, recent]) await writeFile(draft, 'half');
    const past = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
    await utimes(old, past(25), past(25));
    await utimes(recent, past(23), past(23));
    // Not ours: no upload is a folder.
    const folder = join(root, 'incoming', 'folder');
    await mkdir(folder);
    await utimes(folder, past(25), past(25));
    await LocalStore.open(root);
    expect([old, recent, folder].map((path) => existsSync(path))).toEqual([false, true, true]);
  });
});

describe('a file that is whole', () => {
  const place = placeOf('key');
  let folders: LocalFolders;
  beforeEach(async () => {
    folders = await LocalFolders.open(root);
  });

  /** Written to the end, and not in its place yet. */
  async function whole(): Promise<string> {
    const draft = await folders.draft();
    await writeFile(draft, 'x');
    return draft;
  }

  it('gets its place although somebody empties the folder just then', async () => {
    const draft = await whole();
    const maker = folders as unknown as { make: (folder: string) => Promise<string[]> };
    const make = maker.make.bind(folders);
    const spy = jest.spyOn(maker, 'make').mockImplementationOnce(async (folder) => {
      const made = await make(folder);
      await rmdir(folders.at(folder));
      return made;
    });
    await folders.place(draft, place);
    expect(spy).toHaveBeenCalledTimes(2);
    expect(existsSync(folders.at(place.path))).toBe(true);
  });

  it('is not tried for without an end', async () => {
    await expect(folders.place(join(root, 'incoming', 'none'), place)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('fails at once where something else is in its place', async () => {
    const draft = await whole();
    await mkdir(folders.at(place.path), { recursive: true });
    await expect(folders.place(draft, place)).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

describe('a local store whose disk', () => {
  it('is gone does not pass for an empty one', async () => {
    await store.set('key', Buffer.from('x'));
    await rm(root, { recursive: true });
    // As an unmounted disk leaves it.
    await mkdir(root);
    const attempts = [
      () => store.get('key'),
      () => store.has('key'),
      () => store.stat('key'),
      () => store.delete('key'),
      () => store.set('key', Buffer.from('y')),
      () => store.setMultipart('key', streamed(Buffer.from('y'))),
      () => store.copy('key', 'other'),
      () => listed(store),
      () => store.check(),
    ];
    for (const attempt of attempts)
      await expect(attempt()).rejects.toMatchObject({ code: 'storage_unavailable', status: 503 });
    expect(await readdir(root)).toEqual([]);
  });

  it('can not be used says so when it is opened', async () => {
    await writeFile(join(outside, 'file'), '');
    await expect(LocalStore.open(join(outside, 'file'))).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
  });

  const disk = new SmallDisk(4);
  afterAll(() => disk.remove());
  const fullDisk = 'is full keeps what it has, and nothing of what it has no room for';
  itWhere(disk.isMounted, A_MOUNT, fullDisk, async () => {
    const small = await LocalStore.open(disk.path);
    await small.set('key', pattern(MIB));
    for (const write of [
      () => small.set('key', pattern(5 * MIB)),
      () => small.set('key', streamed(pattern(5 * MIB))),
      () => small.setMultipart('other', streamed(pattern(5 * MIB))),
    ])
      await expect(write()).rejects.toMatchObject({ code: 'storage_full', status: 507 });
    expect((await buffer(await small.get('key'))).equals(pattern(MIB))).toBe(true);
    expect(await listed(small)).toEqual(['key']);
    expect(await readdir(join(disk.path, 'incoming'))).toEqual([]);
    await small.set('other', pattern(2 * MIB));

    disk.turnReadOnly();
    await expect(small.set('third', pattern(1))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(small.delete('key')).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(small.check()).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect((await small.stat('key'))?.size).toBe(MIB);
  });
});
