import { StillClock } from '../../../test/support/actors.js';
import { PushedCache } from './pushed-cache.js';

function setUp(max = 100) {
  const clock = new StillClock();
  const state = { isLive: true };
  const cache = new PushedCache<string>({ max, maxAge: 60_000, isLive: () => state.isLive, clock });
  const load = (key: string, tags: string[] = [], expiresAt?: Date | null) =>
    cache.load(key, () =>
      Promise.resolve({ value: `of ${key}`, tags, ...(expiresAt === undefined ? {} : { expiresAt }) }),
    );
  return { clock, state, cache, load };
}

it('keeps what was loaded', async () => {
  const { cache, load } = setUp();
  await expect(load('a')).resolves.toBe('of a');
  expect([cache.get('a'), cache.get('b'), cache.size]).toEqual(['of a', undefined, 1]);
});

it('keeps it for its age, and no longer than it holds', async () => {
  const { clock, cache, load } = setUp();
  await Promise.all([
    load('a'),
    load('b', [], clock.in(30)),
    load('c', [], clock.in(90)),
    load('d', [], null),
  ]);
  await load('over', [], clock.in(0));
  expect(cache.size).toBe(4);
  clock.advance(29.999);
  expect(cache.get('b')).toBe('of b');
  clock.advance(0.001);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.size).toBe(3);
  clock.advance(29.999);
  expect(['a', 'c', 'd'].map((key) => cache.get(key))).toEqual(['of a', 'of c', 'of d']);
  clock.advance(0.001);
  expect(['a', 'c', 'd'].map((key) => cache.get(key))).toEqual([undefined, undefined, undefined]);
});

it('drops all that has a tag, and nothing else', async () => {
  const { cache, load } = setUp();
  await Promise.all([load('a', ['x', 'y']), load('b', ['y']), load('c', ['z'])]);
  cache.drop('y');
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([undefined, undefined, 'of c']);
  await load('a', ['x']);
  cache.drop('nobody has it');
  cache.drop('y');
  expect(cache.get('a')).toBe('of a');
  cache.drop('x');
  expect(cache.get('a')).toBeUndefined();
});

it('drops by the tags of today, not by those of a value it replaced', async () => {
  const { cache, load } = setUp();
  await load('a', ['old']);
  await load('a', ['new']);
  cache.drop('old');
  expect(cache.get('a')).toBe('of a');
  cache.drop('new');
  expect(cache.get('a')).toBeUndefined();
});

it('still drops the others of a tag when one was replaced', async () => {
  const { cache, load } = setUp();
  await Promise.all([load('a', ['shared']), load('b', ['shared'])]);
  await load('a', ['own']);
  cache.drop('shared');
  expect(['a', 'b'].map((key) => cache.get(key))).toEqual(['of a', undefined]);
});

it('keeps no tag that nothing has any more, be it given twice', async () => {
  const { cache, load } = setUp();
  await Promise.all([load('a', ['x', 'x']), load('b', ['x', 'y'])]);
  const { keysByTag } = cache as unknown as { keysByTag: Map<string, unknown> };
  cache.drop('x');
  expect([cache.size, keysByTag.size]).toEqual([0, 0]);
});

it('clears all', async () => {
  const { cache, load } = setUp();
  await load('a');
  cache.clear();
  expect([cache.get('a'), cache.size]).toEqual([undefined, 0]);
});

it.each([
  ['drop', (cache: PushedCache<string>) => cache.drop('any')],
  ['clear', (cache: PushedCache<string>) => cache.clear()],
])('keeps nothing that was loaded across a %s, but hands it over', async (_, invalidate) => {
  const { cache } = setUp();
  const value = await cache.load('a', () => {
    invalidate(cache);
    return Promise.resolve({ value: 'stale', tags: [] });
  });
  expect([value, cache.get('a')]).toEqual(['stale', undefined]);
});

it('neither serves nor keeps while no invalidation reaches it', async () => {
  const { state, cache, load } = setUp();
  await load('a');
  state.isLive = false;
  await expect(load('b')).resolves.toBe('of b');
  expect(cache.get('a')).toBeUndefined();
  state.isLive = true;
  expect([cache.get('a'), cache.get('b')]).toEqual(['of a', undefined]);
});

it('forgets the least used beyond its size, with their tags', async () => {
  const { cache, load } = setUp(2);
  for (const key of ['a', 'b', 'c']) await load(key, ['tag']);
  expect([cache.size, cache.get('a')]).toEqual([2, undefined]);
  await load('a', []);
  cache.drop('tag');
  expect(cache.get('a')).toBe('of a');
});
