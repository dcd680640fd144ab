import { MemoryStore } from '../../../src/modules/storage/drivers/memory.driver.js';
import { prefixed } from '../../../src/modules/storage/wrappers/prefixed.wrapper.js';
import { describeWrapper } from '../../support/object-stores/wrapped.js';

describeWrapper('prefixed', (inner) => prefixed(inner, 'production/eu/'), {
  keyBytes: 1024 - 'production/eu/'.length,
});

describe('a prefixed store', () => {
  it('neither sees nor reaches what lies beside it', async () => {
    const medium = new MemoryStore();
    const store = prefixed(medium, 'one/');
    for (const key of ['two/a', 'one2/a', 'a']) await medium.set(key, Buffer.from('theirs'));
    await store.set('a', Buffer.from('ours'));
    const keys: string[] = [];
    for await (const key of store.keys()) keys.push(key);
    expect(keys).toEqual(['a']);
    for (const key of ['../two/a', '/a', '', '..']) {
      await expect(store.delete(key)).rejects.toMatchObject({ code: 'invalid_object_key' });
      await expect(store.copy(key, 'b')).rejects.toMatchObject({ code: 'invalid_object_key' });
    }
    await store.delete('two/a');
    expect(await medium.has('two/a')).toBe(true);
    expect((await medium.stat('one/a'))?.size).toBe(4);
  });

  it.each(['/', '../', 'a/../', 'a//'])('is not made below %s', (prefix) => {
    expect(() => prefixed(new MemoryStore(), prefix)).toThrow(
      expect.objectContaining({ code: 'invalid_object_key' }),
    );
  });
});
