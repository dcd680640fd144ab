import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { mustHold, type Attack } from '../../../attack/attack.js';
import * as layout from '../../../src/modules/storage/drivers/local-layout.js';
import * as local from '../../../src/modules/storage/drivers/local.driver.js';
import * as memory from '../../../src/modules/storage/drivers/memory.driver.js';
import * as prefix from '../../../src/modules/storage/wrappers/prefixed.wrapper.js';
import type { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import { attacked } from '../../support/attacked.js';
import { weakenedCopy, type Copy, type Mutation } from '../../support/weakened.js';

/** The code of the stores, and a folder where one may be. */
interface Room {
  readonly code: typeof layout & typeof local & typeof memory & typeof prefix;
  readonly folder: string;
}

/** What a store is asked to do at a key. */
const ASKS: Readonly<Record<string, (store: ObjectStore, key: string) => Promise<unknown>>> = {
  read: async (store, key) => buffer(await store.get(key)),
  found: (store, key) => store.stat(key),
  written: (store, key) => store.set(key, Buffer.from('ours')),
  deleted: (store, key) => store.delete(key),
  copied: (store, key) => store.copy(key, 'copy'),
};

/** Ways out of a folder two levels below the root, or of one that takes a key for a path. */
const ELSEWHERE = [
  '../../../victim',
  '../../../store-other/victim',
  '/etc/passwd',
  'a/../../../../victim',
  '..\\..\\victim',
  'C:\\victim',
  'victim\0.txt',
  '..',
  './victim',
  'a//victim',
];

/** A store, and beside it what is not its own. */
async function besideVictims({ code, folder }: Room) {
  const outside = mkdtempSync(join(folder, 'room-'));
  const store = await code.LocalStore.open(join(outside, 'store'));
  const victims = [join(outside, 'victim'), join(outside, 'store-other', 'victim')];
  await mkdir(join(outside, 'store-other'));
  for (const victim of victims) await writeFile(victim, 'theirs');
  const harmed = async () => {
    const told = await Promise.all(victims.map((path) => readFile(path, 'utf8').catch(() => 'gone')));
    return told.some((text) => text !== 'theirs');
  };
  return { store, root: join(outside, 'store'), outside, harmed };
}

const keysThatArePaths: Attack<Room> = {
  line: 18,
  how: 'keys that are paths, at the store',
  async run(room) {
    const { store, harmed } = await besideVictims(room);
    await store.set('honest.key', Buffer.from('ours'));
    mustHold((await ASKS.read?.(store, 'honest.key'))?.toString() === 'ours', 'the store does not keep');
    const through: string[] = [];
    for (const key of ELSEWHERE)
      for (const [what, ask] of Object.entries(ASKS)) {
        const refusal = await ask(store, key).then(
          () => null,
          (error: unknown) => (error as { code?: string }).code ?? String(error),
        );
        if (refusal !== 'invalid_object_key') through.push(`${JSON.stringify(key)} was ${what}: ${refusal}.`);
      }
    if (await harmed()) through.push('A file beside the store is not what it was.');
    return through;
  },
};

const encodedDots: Attack<Room> = {
  line: 18,
  how: 'keys of encoded dots and slashes, at the store',
  async run(room) {
    const { store, harmed } = await besideVictims(room);
    const through: string[] = [];
    for (const dots of ['%2e%2e%2f', '..%2f', '%2e%2e/']) {
      const key = `${dots.repeat(3)}victim`;
      await store.set(key, Buffer.from('ours'));
      if (await harmed()) through.push(`${key} was written elsewhere.`);
      const keys = [];
      for await (const kept of store.keys()) keys.push(kept);
      if (!keys.includes(key)) through.push(`${key} is not in the store.`);
    }
    return through;
  },
};

const links: Attack<Room> = {
  line: 18,
  how: 'symbolic links in the folder of the store',
  async run(room) {
    const { store, root, outside, harmed } = await besideVictims(room);
    const at = (key: string) => join(root, room.code.placeOf(key).path);
    const [file, inner, outer] = ['file', 'inner', 'outer'] as const;
    for (const key of [file, inner, outer]) await store.set(key, Buffer.from('ours'));
    await rm(at(file));
    await symlink(join(outside, 'victim'), at(file));
    const folders = { [inner]: dirname(at(inner)), [outer]: dirname(dirname(at(outer))) };
    for (const [key, linked] of Object.entries(folders)) {
      await rename(linked, join(outside, key));
      await symlink(join(outside, key), linked);
    }
    const through: string[] = [];
    for await (const key of store.keys()) through.push(`A linked ${key} is listed.`);
    for (const key of [file, inner, outer]) {
      if (await store.has(key)) through.push(`A linked ${key} is found.`);
      for (const what of ['read', 'copied']) {
        const asked = ASKS[what]?.(store, key).then(
          () => true,
          () => false,
        );
        if (await asked) through.push(`Behind a linked ${key} something was ${what}.`);
      }
      await store.set(key, Buffer.from('ours, again')).catch(() => undefined);
    }
    if (await harmed()) through.push('What a linked file leads to was written.');
    for (const key of [inner, outer]) {
      await store.delete(key).catch(() => undefined);
      const [kept] = await filesBelow(join(outside, key));
      if (kept !== 'ours') through.push(`In a linked folder something was changed (${key}).`);
    }
    return through;
  },
};

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
}

const siblings: Attack<Room> = {
  line: 18,
  how: 'the part of a store beside one whose name begins alike',
  async run({ code }) {
    const store = new code.MemoryStore();
    await store.set('tenant-10/secret', Buffer.from('theirs'));
    const part = code.prefixed(store, 'tenant-1/');
    const through: string[] = [];
    for await (const key of part.keys()) through.push(`It lists ${key}.`);
    for (const key of ['0/secret', '../tenant-10/secret', 'x/../../tenant-10/secret'])
      if (await part.has(key).catch(() => false)) through.push(`It finds ${key}.`);
    return through;
  },
};

/** A defence of each attack, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    // 18: any segment will do.
    file: 'src/modules/storage/object-key.js',
    from: "for (const segment of key.split('/'))",
    to: "for (const segment of key.split('/').filter((one) => !['..', '.', ''].includes(one)))",
  },
  {
    // 18: a key is a path.
    file: 'src/modules/storage/drivers/local-layout.js',
    from: 'partsOf(encode(key))',
    to: '[decodeURIComponent(key)]',
  },
  {
    // 18: links are followed.
    file: 'src/modules/storage/drivers/local-folders.js',
    from: '(await ifThere(realpath(path))) === path',
    to: '(await ifThere(realpath(path))) !== null',
  },
  {
    // 18: the slash after a prefix is not asked for.
    file: 'src/modules/storage/wrappers/prefixed.wrapper.js',
    from: 'return this.prefix + key;',
    to: "return this.prefix.replace('/', '') + key;",
  },
];

const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-rooms-'));
let copy: Copy;
beforeAll(() => {
  copy = weakenedCopy(WEAKENED);
});
afterAll(() => {
  copy.remove();
  rmSync(folder, { recursive: true, force: true });
});

attacked(
  [keysThatArePaths, encodedDots, links, siblings],
  () => ({ code: { ...layout, ...local, ...memory, ...prefix }, folder }),
  () => ({
    code: {
      ...(copy.load('modules/storage/drivers/local-layout.js') as typeof layout),
      ...(copy.load('modules/storage/drivers/local.driver.js') as typeof local),
      ...(copy.load('modules/storage/drivers/memory.driver.js') as typeof memory),
      ...(copy.load('modules/storage/wrappers/prefixed.wrapper.js') as typeof prefix),
    },
    folder,
  }),
);
