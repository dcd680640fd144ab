import { isTooOld, retryDelay } from './retry-schedule.js';

describe('the delay before another attempt', () => {
  it('doubles from half a minute to an hour and no further', () => {
    const shortest = Array.from({ length: 9 }, (_, index) => retryDelay(index + 1, 0));
    expect(shortest).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
    expect(retryDelay(1, 1)).toBe(60);
    for (const attempts of [7, 8, 100, 5_000]) expect(retryDelay(attempts, 1)).toBe(3600);
  });

  it('differs from mail to mail within its bounds', () => {
    const delays = Array.from({ length: 50 }, () => retryDelay(3));
    for (const delay of delays) {
      expect(delay).toBeGreaterThanOrEqual(120);
      expect(delay).toBeLessThan(240);
    }
    expect(new Set(delays).size).toBeGreaterThan(40);
  });
});

it('gives up after three days', () => {
  const created = new Date('2026-03-01T12:00:00Z');
  expect(isTooOld(created, new Date('2026-03-04T11:59:59Z'))).toBe(false);
  expect(isTooOld(created, new Date('2026-03-04T12:00:00Z'))).toBe(true);
});
