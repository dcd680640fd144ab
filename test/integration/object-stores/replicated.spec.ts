import { rm } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { MemoryStore } from '../../../src/modules/storage/drivers/memory.driver.js';
import { replicated } from '../../../src/modules/storage/wrappers/replicated.wrapper.js';
import { openLocal } from '../../support/object-stores/local.js';
import { streamed } from '../../support/object-stores/stage.js';
import { describeWrapper } from '../../support/object-stores/wrapped.js';

const mustNotFail = (work: string, key: string, error: unknown) => {
  throw new Error(`${work} of ${key} failed on the second store`, { cause: error });
};
describeWrapper('replicated', (inner) => replicated(inner, new MemoryStore(), mustNotFail));

describe('a replicated store', () => {
  const bytes = Buffer.from('the bytes');
  const read = async (store: { get: MemoryStore['get'] }, key: string) =>
    (await buffer(await store.get(key))).toString();

  async function pair() {
    const [first, second] = [await openLocal(), await openLocal()];
    const failures: string[] = [];
    const store = replicated(first.store, second.store, (work, key, error) =>
      failures.push(`${work} ${key} ${(error as { code: string }).code}`),
    );
    const close = () => Promise.all([first.close(), second.close()]);
    /** As when a disk is unmounted. */
    const lose = (lost: typeof first) => rm(lost.root, { recursive: true });
    return { first, second, failures, store, close, lose };
  }

  it('has everything twice by the time a write is answered', async () => {
    const { store, first, second, close } = await pair();
    await store.set('a', bytes);
    await store.setMultipart('b', streamed(bytes));
    await store.copy('a', 'c');
    await store.delete('a');
    for (const { store: each } of [first, second]) {
      expect(await each.has('a')).toBe(false);
      expect(await read(each, 'b')).toBe('the bytes');
      expect(await read(each, 'c')).toBe('the bytes');
    }
    await close();
  });

  it('writes although the second fails, and says what it lacks', async () => {
    const { store, second, failures, lose, close } = await pair();
    await store.set('a', bytes);
    await lose(second);
    await store.set('b', bytes);
    await store.copy('b', 'c');
    await store.delete('a');
    expect(failures).toEqual([
      'set b storage_unavailable',
      'copy c storage_unavailable',
      'delete a storage_unavailable',
    ]);
    expect(await read(store, 'c')).toBe('the bytes');
    await expect(store.check()).rejects.toMatchObject({ code: 'storage_unavailable' });
    await close();
  });

  it('reads from the second what the first lacks, or while it does not answer', async () => {
    const { store, first, lose, close } = await pair();
    await store.set('a', bytes);
    await first.store.delete('a');
    expect(await read(store, 'a')).toBe('the bytes');
    expect(await store.stat('a')).toMatchObject({ size: bytes.length });
    await lose(first);
    expect(await read(store, 'a')).toBe('the bytes');
    expect(await store.has('a')).toBe(true);
    const keys: string[] = [];
    for await (const key of store.keys()) keys.push(key);
    expect(keys).toEqual(['a']);
    // Whether it is really gone nobody can tell without the first.
    await expect(store.get('b')).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(store.stat('b')).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(store.set('b', bytes)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await close();
  });
});
