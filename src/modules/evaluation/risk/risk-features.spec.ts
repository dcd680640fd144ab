import fc from 'fast-check';
import type { SpotPool } from '../../market/market-data.port.js';
import { FEATURE_NAMES, featuresOf, tensorOf } from './risk-features.js';

const AT = new Date('2026-01-18T23:30:00Z');

function poolOf(
  spotPrice: string,
  onDemandPrice: string,
  prices: readonly string[],
  family = 'm5',
): SpotPool {
  return {
    type: { name: `${family}.large`, family, vcpu: 2, memoryGb: 8, architecture: 'x86_64' },
    availabilityZone: 'eu-west-1a',
    spotPrice,
    onDemandPrice,
    interruptionRate: null,
    history: prices.map((price) => ({ at: AT, price })),
  };
}

describe('the features of a pool', () => {
  it('tell where its price is in its week, and how far below on-demand', () => {
    const [features] = featuresOf([poolOf('0.3', '1', ['0.2', '0.6'])], [], AT);
    expect(features).toMatchObject({ pricePosition: expect.closeTo(0.25, 9), discountDepth: 0.7 });
  });

  it('are those of the price of now also where a week of prices was looked at before', () => {
    const week = poolOf('0.3', '1', ['0.2', '0.6']);
    const positions = (...prices: string[]) =>
      prices.map((spotPrice) => featuresOf([{ ...week, spotPrice }], [], AT)[0]?.pricePosition);
    expect(positions('0.3', '0.1', '0.4', '0.7')).toEqual([
      expect.closeTo(0.25, 9),
      0,
      expect.closeTo(0.5, 9),
      1,
    ]);
    expect(featuresOf([poolOf('0.3', '1', ['0.2', '0.4'])], [], AT)[0]?.pricePosition).toBeCloseTo(0.5, 9);
  });

  it('know the hour and weekday in UTC, weeks beginning with Monday', () => {
    expect(featuresOf([poolOf('1', '2', [])], [], AT)).toMatchObject([{ hour: 23, weekday: 6 }]);
    expect(featuresOf([poolOf('1', '2', [])], [], new Date('2026-01-19T00:00:00Z'))).toMatchObject([
      { hour: 0, weekday: 0 },
    ]);
  });

  it('judge a family by all its pools in the region, and by no other family', () => {
    const calm = poolOf('0.2', '1', ['0.2', '0.6']);
    const peak = poolOf('0.6', '1', ['0.2', '0.6']);
    const elsewhere = poolOf('1', '1', ['0.1'], 'c5');
    const [features] = featuresOf([calm], [calm, peak, elsewhere], AT);
    // Stresses 0.1 = (0 + 0.2) / 2 and 0.8 = (1 + 0.6) / 2.
    expect(features?.familyStressMean).toBeCloseTo(0.45, 9);
    expect(features?.familyStressMax).toBeCloseTo(0.8, 9);
  });

  it('are calm where a price never moved, and never beyond their bounds', () => {
    expect(featuresOf([poolOf('0.3', '1', ['0.3', '0.3'])], [], AT)).toMatchObject([{ pricePosition: 0 }]);
    expect(featuresOf([poolOf('0', '0', [])], [], AT)).toMatchObject([{ discountDepth: 0 }]);
    const price = fc.double({ min: 0, max: 100, noNaN: true }).map((value) => value.toFixed(4));
    const pools = fc.array(
      fc
        .tuple(price, price, fc.array(price))
        .map(([spot, onDemand, prices]) => poolOf(spot, onDemand, prices)),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(pools, (some) => {
        for (const { pricePosition, discountDepth, familyStressMean, familyStressMax } of featuresOf(
          some,
          some,
          AT,
        )) {
          for (const value of [pricePosition, discountDepth, familyStressMean, familyStressMax]) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1);
          }
          expect(familyStressMean).toBeLessThanOrEqual(familyStressMax + 1e-12);
        }
      }),
    );
  });

  it('stand in a tensor row by row, in an order that never changes', () => {
    expect(FEATURE_NAMES).toEqual([
      'pricePosition',
      'discountDepth',
      'familyStressMean',
      'familyStressMax',
      'hour',
      'weekday',
    ]);
    const row = {
      pricePosition: 1,
      discountDepth: 2,
      familyStressMean: 3,
      familyStressMax: 4,
      hour: 5,
      weekday: 6,
    };
    expect([...tensorOf([row, { ...row, pricePosition: 7 }])]).toEqual([1, 2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6]);
  });
});
