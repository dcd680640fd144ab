import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { MemoryStore } from '../../../src/modules/storage/drivers/memory.driver.js';
import type { ByteRange, ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import { encrypted } from '../../../src/modules/storage/wrappers/encrypted.wrapper.js';
import { KIB, pattern } from '../../support/object-stores/stage.js';
import { describeWrapper } from '../../support/object-stores/wrapped.js';

const KEYS = ['the newest of the keys, which seals', 'an older one that still opens'];
describeWrapper('encrypted', (inner) => encrypted(inner, KEYS));

const CHUNK = 64 * KIB;
const SEALED_CHUNK = CHUNK + 16;
const HEADER = 32;

describe('an encrypted store', () => {
  let medium: MemoryStore;
  let store: ObjectStore;
  beforeEach(() => {
    medium = new MemoryStore();
    store = encrypted(medium, KEYS);
  });
  const read = async (key: string, range?: ByteRange) =>
    buffer(await store.get(key, range === undefined ? {} : { range }));
  const sealedOf = async (key: string) => buffer(await medium.get(key));
  /** Read whole, and its first and last byte alone: damage shows in at least the parts that hold it. */
  const outcome = (reading: Promise<Buffer>) =>
    reading.then(
      () => 'read',
      (error: unknown) => (error as { code: string }).code,
    );

  it('shows its medium nothing of an object, and never the same twice', async () => {
    const secret = Buffer.from('the secret sentence '.repeat(50));
    for (const key of ['a', 'b']) await store.set(key, secret);
    const [a, b] = [await sealedOf('a'), await sealedOf('b')];
    expect(a.includes('secret')).toBe(false);
    expect(a.subarray(HEADER).equals(b.subarray(HEADER))).toBe(false);
    expect(a.length).toBe(HEADER + secret.length + 16);
    await store.set('a', secret);
    expect((await sealedOf('a')).equals(a)).toBe(false);
  });

  it('opens what an older key sealed, and nothing of a key it does not have', async () => {
    const older = encrypted(medium, KEYS.slice(1));
    await older.set('old', pattern(100_000));
    expect((await read('old')).equals(pattern(100_000))).toBe(true);
    await store.set('new', pattern(10));
    await expect(older.get('new').then(buffer)).rejects.toMatchObject({ code: 'object_corrupt' });
    await expect(older.get('new', { range: { start: 1 } })).rejects.toMatchObject({ code: 'object_corrupt' });
    await medium.set('plain', pattern(1000));
    await expect(read('plain')).rejects.toMatchObject({ code: 'object_corrupt' });
  });

  it('reads of the medium no more than the chunks a range touches', async () => {
    await store.set('a', pattern(20 * CHUNK));
    const asked: (ByteRange | undefined)[] = [];
    const get = medium.get.bind(medium);
    medium.get = (key, options) => {
      asked.push(options?.range);
      return get(key, options);
    };
    await read('a', { start: 5 * CHUNK + 1, end: 6 * CHUNK });
    expect(asked).toEqual([
      { start: 0, end: HEADER - 1 },
      { start: HEADER + 5 * SEALED_CHUNK, end: HEADER + 7 * SEALED_CHUNK - 1 },
    ]);
  });

  it('gives any range of an object of any size', async () => {
    const sizes = fc.oneof(
      fc.integer({ min: 1, max: 200_000 }),
      fc.constantFrom(CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK),
    );
    const cases = fc.tuple(sizes, fc.nat(), fc.option(fc.nat({ max: 300_000 })));
    await fc.assert(
      fc.asyncProperty(cases, async ([size, at, length]) => {
        const bytes = pattern(size);
        const start = at % size;
        const end = length === null ? undefined : start + length;
        await store.set('any', bytes);
        const part = await read('any', end === undefined ? { start } : { start, end });
        expect(part.equals(bytes.subarray(start, (end ?? size - 1) + 1))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('notices every flipped bit, wherever it is, and shows no byte of its chunk', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 150_000 }),
        fc.nat(),
        fc.nat({ max: 7 }),
        async (size, at, bit) => {
          await store.set('flipped', pattern(size));
          const sealed = Buffer.from(await sealedOf('flipped'));
          const where = at % sealed.length;
          sealed.writeUInt8(sealed.readUInt8(where) ^ (1 << bit), where);
          await medium.set('flipped', sealed);
          expect(await outcome(read('flipped'))).toBe('object_corrupt');
          const chunk = Math.max(0, Math.floor((where - HEADER) / SEALED_CHUNK)) * CHUNK;
          if (size > 0)
            expect(await outcome(read('flipped', { start: chunk, end: chunk }))).toBe('object_corrupt');
        },
      ),
      { numRuns: 80 },
    );
  });

  it('notices an end that is missing, in every place it could be cut off', async () => {
    await store.set('cut', pattern(3 * CHUNK));
    const sealed = await sealedOf('cut');
    const boundaries = [0, 1, 2].map((chunks) => HEADER + chunks * SEALED_CHUNK);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.nat({ max: sealed.length - 1 }), fc.constantFrom(...boundaries)),
        async (length) => {
          await medium.set('cut', sealed.subarray(0, length));
          expect(await outcome(read('cut'))).toBe('object_corrupt');
          const last = Math.max(0, length - HEADER - 16 * Math.ceil((length - HEADER) / SEALED_CHUNK) - 1);
          expect(await outcome(read('cut', { start: last }))).toBe('object_corrupt');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('notices chunks that were added, exchanged, repeated, or taken from another object', async () => {
    const key = 'chunks';
    await store.set('other', pattern(3 * CHUNK));
    await store.set(key, pattern(3 * CHUNK));
    const [other, sealed] = [await sealedOf('other'), await sealedOf(key)];
    const chunk = (of: Buffer, number: number) =>
      of.subarray(HEADER + number * SEALED_CHUNK, HEADER + (number + 1) * SEALED_CHUNK);
    const [header, ...own] = [
      sealed.subarray(0, HEADER),
      chunk(sealed, 0),
      chunk(sealed, 1),
      chunk(sealed, 2),
    ];
    const [a, b, c] = own;
    const forgeries = {
      added: [header, a, b, c, c],
      'empty one added': [header, a, b, c, Buffer.alloc(16)],
      exchanged: [header, b, a, c],
      repeated: [header, a, a, c],
      'left out': [header, a, c],
      'of another object': [header, a, chunk(other, 1), c],
      'with the header of another': [other.subarray(0, HEADER), a, b, c],
      'all of another': [other],
    };
    for (const [what, parts] of Object.entries(forgeries)) {
      await medium.set(key, Buffer.concat(parts));
      expect(`${what}: ${await outcome(read(key))}`).toBe(`${what}: object_corrupt`);
    }
  });

  it('does not open an object under another name', async () => {
    await store.set('victim/secret', Buffer.from('theirs'));
    await medium.copy('victim/secret', 'attacker/own');
    await expect(read('attacker/own')).rejects.toMatchObject({ code: 'object_corrupt' });
    await store.copy('victim/secret', 'copied');
    expect((await read('copied')).toString()).toBe('theirs');
  });
});
