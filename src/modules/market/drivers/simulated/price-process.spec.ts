import fc from 'fast-check';
import { sharesOf, stressOf, type PoolPlace } from './price-process.js';

const SEED = 'cloudkeep';
const HOUR = 490_000;
const pool = (change: Partial<PoolPlace> = {}): PoolPlace => ({
  region: 'eu-west-1',
  zone: 'eu-west-1a',
  type: 'm5.large',
  family: 'm5',
  band: 1,
  ...change,
});

function pricesOf(place: PoolPlace, first: number, count: number, seed = SEED): number[] {
  return [...sharesOf(seed, place, stressOf(seed, place.region, place.family, first, count), first)];
}

const anyPlace = fc.record({
  region: fc.constantFrom('eu-west-1', 'us-east-1'),
  zone: fc.string(),
  type: fc.string(),
  family: fc.string(),
  band: fc.integer({ min: 0, max: 4 }),
});
const anyHour = fc.integer({ min: 0, max: 2_000_000 });

it('an hour has one price, whatever stretch it is part of', () => {
  fc.assert(
    fc.property(
      fc.string(),
      anyPlace,
      anyHour,
      fc.nat(40),
      fc.nat(40),
      (seed, place, hour, before, after) => {
        const stretch = pricesOf(place, hour - before, before + 1 + after, seed);
        expect(stretch[before]).toBe(pricesOf(place, hour, 1, seed)[0]);
      },
    ),
  );
});

it('no price is above the on-demand price, nor a present', () => {
  fc.assert(
    fc.property(fc.string(), anyPlace, anyHour, (seed, place, hour) => {
      for (const share of pricesOf(place, hour, 48, seed)) {
        expect(share).toBeGreaterThanOrEqual(0.1 - 1e-12);
        expect(share).toBeLessThan(1);
      }
    }),
  );
});

it('another seed, zone or type is another price', () => {
  const here = pricesOf(pool(), HOUR, 24);
  expect(pricesOf(pool(), HOUR, 24)).toEqual(here);
  expect(pricesOf(pool(), HOUR, 24, 'another')).not.toEqual(here);
  expect(pricesOf(pool({ zone: 'eu-west-1b' }), HOUR, 24)).not.toEqual(here);
  expect(pricesOf(pool({ type: 'm5.xlarge' }), HOUR, 24)).not.toEqual(here);
});

it('prices come back to their mean, and from afar faster than from near', () => {
  const hours = 20_000;
  const calm = new Float64Array(hours);
  const logs = [...sharesOf(SEED, pool(), calm, HOUR)].map(Math.log);
  const mean = average(logs);
  const off = logs.map((value) => value - mean);
  // The autocorrelation of an Ornstein-Uhlenbeck process of 14 hours is e^(-lag/14).
  for (const lag of [1, 7, 14, 28]) {
    expect(correlation(off.slice(0, -lag), off.slice(lag))).toBeCloseTo(Math.exp(-lag / 14), 1);
  }
  const next = (far: (value: number) => boolean) =>
    average(off.slice(0, -1).flatMap((value, index) => (far(value) ? [(off[index + 1] ?? 0) - value] : [])));
  const spread = Math.sqrt(average(off.map((value) => value * value)));
  expect(next((value) => value > spread)).toBeLessThan(0);
  expect(next((value) => value < -spread)).toBeGreaterThan(0);
  expect(average(logs.slice(0, hours / 2))).toBeCloseTo(average(logs.slice(hours / 2)), 1);
});

describe('stress', () => {
  const hours = 20_000;
  const stress = stressOf(SEED, 'eu-west-1', 'm5', HOUR, hours);

  it('is at rest most of the time, and now and then bad', () => {
    const active = stress.filter((value) => value > 0).length / hours;
    expect(active).toBeGreaterThan(0.03);
    expect(active).toBeLessThan(0.15);
    expect(Math.max(...stress)).toBeGreaterThan(0.8);
    expect(Math.max(...stress)).toBeLessThanOrEqual(1);
  });

  it('makes every pool of the family dearer at once, in each zone and size', () => {
    const bad = stress.findIndex((value) => value > 0.8);
    for (const place of [pool(), pool({ zone: 'eu-west-1b' }), pool({ type: 'm5.4xlarge', band: 2 })]) {
      const under = sharesOf(SEED, place, stress.slice(bad, bad + 1), HOUR + bad)[0] ?? 0;
      const without = sharesOf(SEED, place, new Float64Array(1), HOUR + bad)[0] ?? 0;
      expect(under).toBeGreaterThan(without * 1.3);
    }
  });

  it('is shared within a family: its pools move together, those of others do not', () => {
    const one = pricesOf(pool(), HOUR, hours);
    const sibling = pricesOf(pool({ zone: 'eu-west-1c', type: 'm5.2xlarge' }), HOUR, hours);
    const stranger = pricesOf(pool({ type: 'r7g.large', family: 'r7g' }), HOUR, hours);
    expect(correlation(one, sibling)).toBeGreaterThan(0.4);
    expect(Math.abs(correlation(one, stranger))).toBeLessThan(0.1);
  });
});

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function correlation(one: readonly number[], other: readonly number[]): number {
  const [mean, otherMean] = [average(one), average(other)];
  const product = (left: readonly number[], leftMean: number, right: readonly number[], rightMean: number) =>
    average(left.map((value, index) => (value - leftMean) * ((right[index] ?? 0) - rightMean)));
  return (
    product(one, mean, other, otherMean) /
    Math.sqrt(product(one, mean, one, mean) * product(other, otherMean, other, otherMean))
  );
}
