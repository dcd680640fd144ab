import { buffer } from 'node:stream/consumers';
import { MemoryStore } from '../../../src/modules/storage/drivers/memory.driver.js';
import type { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import { cached } from '../../../src/modules/storage/wrappers/cached.wrapper.js';
import { KIB, MIB, pattern } from '../../support/object-stores/stage.js';
import { describeWrapper } from '../../support/object-stores/wrapped.js';

describeWrapper('cached', (inner) => cached(inner, { totalBytes: 4 * MIB, objectBytes: 512 * KIB }));

describe('a cached store', () => {
  const LIMITS = { totalBytes: 100, objectBytes: 60 };
  let medium: MemoryStore;
  let store: ObjectStore;
  beforeEach(() => {
    medium = new MemoryStore();
    store = cached(medium, LIMITS);
  });
  const read = async (key: string, range?: { start: number; end?: number }) =>
    (await buffer(await store.get(key, range === undefined ? {} : { range }))).toString();
  /** What is read although the medium has it no longer was kept. */
  const isKept = async (key: string) => {
    await medium.delete(key);
    return read(key).then(
      () => true,
      () => false,
    );
  };

  it('reads what is small from the medium once, also its parts', async () => {
    await store.set('a', Buffer.from('0123456789'));
    await read('a');
    await medium.delete('a');
    expect(await read('a')).toBe('0123456789');
    expect(await read('a', { start: 2, end: 4 })).toBe('234');
    expect(await read('a', { start: 9 })).toBe('9');
    await expect(read('a', { start: 10 })).rejects.toMatchObject({ code: 'range_not_satisfiable' });
  });

  it('keeps neither what is large nor what was read in part', async () => {
    await store.set('large', pattern(61));
    await read('large');
    expect(await isKept('large')).toBe(false);
    await store.set('part', pattern(20));
    await read('part', { start: 0 });
    expect(await isKept('part')).toBe(false);
    await store.set('left', pattern(50));
    (await store.get('left')).destroy();
    expect(await isKept('left')).toBe(false);
  });

  it('holds no more than it may: what was read least recently leaves', async () => {
    for (const key of ['a', 'b', 'c']) await store.set(key, pattern(40));
    for (const key of ['a', 'b', 'a', 'c']) await read(key);
    expect(await isKept('b')).toBe(false);
    expect(await isKept('a')).toBe(true);
    expect(await isKept('c')).toBe(true);
  });

  it('forgets what is replaced, copied over or deleted, also while it is being read', async () => {
    const changes: [string, () => Promise<void>][] = [
      ['set', () => store.set('a', Buffer.from('new'))],
      ['copy', () => store.copy('b', 'a')],
    ];
    await store.set('b', Buffer.from('new'));
    for (const [what, change] of changes) {
      await store.set('a', Buffer.from('old'));
      await read('a');
      const underWay = await store.get('a');
      await change();
      await buffer(underWay);
      expect(`${what}: ${await read('a')}`).toBe(`${what}: new`);
    }
    await medium.set('c', Buffer.from('old'));
    const underWay = await store.get('c');
    await store.delete('c');
    await buffer(underWay);
    await expect(read('c')).rejects.toMatchObject({ code: 'object_not_found' });
  });
});
