import { Clock } from '../time/clock.js';
import { Traffic } from './traffic.js';

class HandClock extends Clock {
  ms = Date.parse('2026-03-01T12:00:30Z');

  now(): Date {
    return new Date(this.ms);
  }
}

describe('the traffic of the last hour', () => {
  let clock: HandClock;
  let traffic: Traffic;
  beforeEach(() => {
    clock = new HandClock();
    traffic = new Traffic(clock);
  });
  const busy = () => traffic.lately().filter(({ requests }) => requests > 0);

  it('is sixty minutes, also where nothing happened', () => {
    const minutes = traffic.lately();
    expect(minutes).toHaveLength(60);
    expect(minutes[0]?.at.toISOString()).toBe('2026-03-01T11:01:00.000Z');
    expect(minutes[59]?.at.toISOString()).toBe('2026-03-01T12:00:00.000Z');
    expect(busy()).toEqual([]);
  });

  it('tells what was refused from what failed', () => {
    for (const status of [200, 204, 302, 404, 429, 500, 503]) traffic.count(status);
    expect(busy()).toEqual([{ at: new Date('2026-03-01T12:00:00Z'), requests: 7, refused: 2, failed: 2 }]);
  });

  it('lets go of what is an hour old, also where no call came for long', () => {
    traffic.count(200);
    clock.ms += 59 * 60_000;
    traffic.count(200);
    expect(busy().map(({ at }) => at.toISOString())).toEqual([
      '2026-03-01T12:00:00.000Z',
      '2026-03-01T12:59:00.000Z',
    ]);
    clock.ms += 60_000;
    expect(busy()).toHaveLength(1);
    traffic.count(200);
    expect(busy().map(({ requests }) => requests)).toEqual([1, 1]);
    clock.ms += 600 * 60_000;
    expect(busy()).toEqual([]);
  });
});
