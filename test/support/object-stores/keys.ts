import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import pLimit from 'p-limit';
import type { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import type { Stage } from './stage.js';

/** Odd, but names that people give their files. */
const ODD = [
  'with space and  two',
  'percent %20 %2e%2e %2F and 100%',
  'question?mark=1&x=y',
  'hash#fragment',
  'a+b=c;d,e@f!$\'()*"<>|:~`^{}[]',
  'grüße-文档-документ-🗂️.pdf',
  'e\u0301 is not \u00e9',
  '\u00e9 is not e\u0301',
  'UPPER.TXT',
  'upper.txt',
  '.hidden',
  '...',
  'trailing.',
  '-rf',
  'CON',
  'deep/er/and/deeper/still',
  `${'x'.repeat(255)}/${'y'.repeat(255)}`,
  '語'.repeat(85),
];

const REFUSED: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a parent', '..'],
  ['a parent inside', 'a/../b'],
  ['a parent at the end', 'a/..'],
  ['the folder itself', './a'],
  ['an absolute path', '/etc/passwd'],
  ['an empty segment', 'a//b'],
  ['a folder', 'a/'],
  ['NUL', 'a\u0000b'],
  ['a line feed', 'a\nb'],
  ['delete', 'a\u007fb'],
  ['a backslash', 'a\\..\\b'],
  ['a drive letter', 'C:\\a'],
  ['a lone surrogate', 'a\ud800b'],
  ['more than 1,024 bytes', `${'語/'.repeat(256)}a`],
  ['a segment of more than 255 bytes', `a/${'語'.repeat(86)}`],
];

export function itKeepsKeys(stage: Stage): void {
  itTakesOddKeys(stage);
  itRefusesKeys(stage);
  itListsKeys(stage);
}

function itTakesOddKeys(stage: Stage): void {
  it('keeps odd keys apart, and tells them as they were given', async () => {
    const folder = stage.fresh('odd');
    const keys = ODD.map((name) => `${folder}/${name}`);
    for (const key of keys) await stage.behind.set(key, Buffer.from(key));
    for (const key of keys) {
      expect((await stage.read(key)).toString()).toBe(key);
      expect((await stage.store.stat(key))?.key).toBe(key);
    }
    expect(await stage.list(`${folder}/`)).toEqual([...keys].sort());
  });

  it('keeps the longest of keys, of whatever script', async () => {
    for (const letter of ['z', '語', '🗂', '/%']) {
      const key = longest(`${randomUUID()}-`, letter);
      expect(Buffer.byteLength(key)).toBeGreaterThan(1020);
      await stage.behind.set(key, Buffer.from(letter));
      expect((await stage.read(key)).toString()).toBe(letter);
      expect(await stage.list(key.slice(0, 40))).toEqual([key]);
    }
  });

  it('takes encoded dots and slashes for the text they are', async () => {
    const key = stage.fresh('%2e%2e%2f%2e%2e%2fetc%2fpasswd');
    await stage.behind.set(key, Buffer.from('text'));
    expect((await stage.read(key)).toString()).toBe('text');
    expect(await stage.store.has(decodeURIComponent(key).replaceAll('../', ''))).toBe(false);
  });
}

/** Segments of at most 255 bytes, 1,024 bytes in all or a letter less. */
function longest(start: string, letter: string): string {
  let key = start;
  const bytesOf = (text: string) => Buffer.byteLength(text);
  for (;;) {
    const segment = key.slice(key.lastIndexOf('/') + 1);
    const next = key + (bytesOf(segment + letter) > 255 ? `/${letter.replace('/', '')}` : letter);
    if (bytesOf(next) > 1024) return key.replace(/\/$/, '-');
    key = next;
  }
}

function itRefusesKeys(stage: Stage): void {
  const methods: Record<string, (store: ObjectStore, key: string) => Promise<unknown>> = {
    get: async (store, key) => buffer(await store.get(key)),
    has: (store, key) => store.has(key),
    stat: (store, key) => store.stat(key),
    signUrl: (store, key) => store.signUrl(key, 'GET', { expiresInSeconds: 60 }),
    ...(stage.options.isReadOnly
      ? {}
      : {
          set: (store, key) => store.set(key, Buffer.from('x')),
          setMultipart: (store, key) => store.setMultipart(key, Readable.from(['x'], { objectMode: false })),
          delete: (store, key) => store.delete(key),
          'copy from': (store, key) => store.copy(key, stage.fresh()),
          'copy to': async (store, key) => {
            const from = stage.fresh();
            await store.set(from, Buffer.from('x'));
            await store.copy(from, key);
          },
        }),
  };
  for (const [method, ask] of Object.entries(methods)) {
    it(`${method} refuses keys that could mean another place`, async () => {
      for (const [what, key] of REFUSED) {
        const answer = await ask(stage.store, key).then(
          () => 'taken',
          (error: unknown) => (error as { code?: string }).code ?? String(error),
        );
        expect(`${what}: ${answer}`).toBe(`${what}: invalid_object_key`);
      }
      await stage.mustBeTidy();
    });
  }

  it('finds nothing below prefixes that could mean another place', async () => {
    for (const prefix of ['..', '../', '/', '//', '\u0000', '%2e%2e', './', 'C:\\'])
      expect(await stage.list(prefix)).toEqual([]);
  });
}

function itListsKeys(stage: Stage): void {
  const { manyKeys, patienceMs } = stage.options;

  it('lists what begins with a prefix, wherever it ends', async () => {
    const folder = stage.fresh('list');
    const keys = ['a', 'a.txt', 'a/b', 'ab/c', 'b'].map((name) => `${folder}/${name}`);
    for (const key of keys) await stage.behind.set(key, Buffer.from('x'));
    expect(await stage.list(`${folder}/a`)).toEqual(keys.slice(0, 4).sort());
    expect(await stage.list(`${folder}/a/`)).toEqual([`${folder}/a/b`]);
    expect(await stage.list(`${folder}/a/b`)).toEqual([`${folder}/a/b`]);
    expect(await stage.list(`${folder}/z`)).toEqual([]);
    expect(await stage.list()).toEqual(expect.arrayContaining(keys));
  });

  it(
    `pages through ${manyKeys} keys as they are asked for`,
    async () => {
      const folder = stage.fresh('many');
      const keys = Array.from({ length: manyKeys }, (_, at) => `${folder}/${String(at).padStart(5, '0')}`);
      const limit = pLimit(16);
      await Promise.all(keys.map((key) => limit(() => stage.behind.set(key, Buffer.from('x')))));
      expect(await stage.list(`${folder}/`)).toEqual(keys);

      const some: string[] = [];
      for await (const key of stage.store.keys(`${folder}/`)) if (some.push(key) === 3) break;
      expect(some.every((key) => keys.includes(key))).toBe(true);
      await stage.mustBeTidy();
    },
    4 * patienceMs,
  );
}
