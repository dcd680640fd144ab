import { jest } from '@jest/globals';
import { FixedWindowStorage, hitOf } from './fixed-window.storage.js';

const MINUTE = 60_000;

// Of no whole millisecond, as clocks have it.
beforeEach(() => {
  jest.useFakeTimers();
  jest.advanceTimersByTime(5_000.6);
});
afterEach(() => jest.useRealTimers());

it('counts the hits of each key in a window of its own, which begins with the first', () => {
  const storage = new FixedWindowStorage();
  const free = { isBlocked: false, timeToBlockExpire: 0 };
  expect(storage.hit('a', MINUTE, 2)).toEqual({ totalHits: 1, timeToExpire: 60, ...free });
  jest.advanceTimersByTime(30_000);
  expect(storage.hit('a', MINUTE, 2)).toEqual({ totalHits: 2, timeToExpire: 30, ...free });
  expect(storage.hit('b', MINUTE, 2)).toEqual({ totalHits: 1, timeToExpire: 60, ...free });
  const blocked = { totalHits: 3, timeToExpire: 30, isBlocked: true, timeToBlockExpire: 30 };
  expect(storage.hit('a', MINUTE, 2)).toEqual(blocked);
  jest.advanceTimersByTime(29_999);
  expect(storage.hit('a', MINUTE, 2)).toMatchObject({ totalHits: 4, timeToExpire: 1 });
  jest.advanceTimersByTime(1);
  expect(storage.hit('a', MINUTE, 2)).toEqual({ totalHits: 1, timeToExpire: 60, ...free });
});

it('says the same to whoever waits', async () => {
  const storage = new FixedWindowStorage();
  await storage.increment('a', MINUTE, 1);
  await expect(storage.increment('a', MINUTE, 1)).resolves.toMatchObject({ totalHits: 2, isBlocked: true });
});

it('shows what is counted without counting', () => {
  const storage = new FixedWindowStorage();
  expect(storage.peek('a')).toBeNull();
  storage.hit('a', MINUTE, 1);
  jest.advanceTimersByTime(1_000);
  expect(storage.peek('a')).toEqual({ hits: 1, leftMs: 59_000 });
  expect(storage.peek('a')).toEqual({ hits: 1, leftMs: 59_000 });
  jest.advanceTimersByTime(59_000);
  expect(storage.peek('a')).toBeNull();
});

it('learns what was counted elsewhere, and forgets nothing for it', () => {
  const storage = new FixedWindowStorage();
  storage.learn('a', 5, 10_000);
  expect(storage.peek('a')).toEqual({ hits: 5, leftMs: 10_000 });
  storage.learn('a', 4, 30_000);
  storage.learn('a', 5, 30_000);
  expect(storage.peek('a')).toEqual({ hits: 5, leftMs: 10_000 });
  storage.learn('a', 6, 20_000);
  expect(storage.peek('a')).toEqual({ hits: 6, leftMs: 20_000 });
  jest.advanceTimersByTime(20_000);
  storage.learn('a', 1, 60_000);
  expect(storage.peek('a')).toEqual({ hits: 1, leftMs: 60_000 });
});

it('holds a hundred thousand keys, and lets go of the oldest', () => {
  const storage = new FixedWindowStorage();
  for (let key = 0; key <= 100_000; key++) storage.hit(String(key), MINUTE, 1);
  expect([storage.peek('0'), storage.peek('1')?.hits]).toEqual([null, 1]);
});

it('blocks beyond the limit, not at it, and rounds up what is left', () => {
  expect(hitOf(3, 1_001, 3)).toEqual({
    totalHits: 3,
    timeToExpire: 2,
    isBlocked: false,
    timeToBlockExpire: 0,
  });
  expect(hitOf(4, 1_000, 3)).toEqual({
    totalHits: 4,
    timeToExpire: 1,
    isBlocked: true,
    timeToBlockExpire: 1,
  });
});
