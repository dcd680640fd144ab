import fc from 'fast-check';
import { familyStress } from './family-stress.js';
import type { RiskFeatures } from './risk-features.js';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const features: fc.Arbitrary<RiskFeatures> = fc.record({
  pricePosition: share,
  discountDepth: share,
  familyStressMean: share,
  familyStressMax: share,
  hour: fc.integer({ min: 0, max: 23 }),
  weekday: fc.integer({ min: 0, max: 6 }),
});

const calm: RiskFeatures = {
  pricePosition: 0.2,
  discountDepth: 0.7,
  familyStressMean: 0.25,
  familyStressMax: 0.4,
  hour: 2,
  weekday: 6,
};

describe('the built-in risk model', () => {
  it('follows its formula', () => {
    // z = -3.5 + 0.4 - 1.05 + 0.625 + 0.6, at night on a Sunday.
    expect(familyStress(calm)).toBeCloseTo(1 / (1 + Math.exp(2.925)), 12);
    // and 0.3 + 0.2 more on a Monday afternoon.
    expect(familyStress({ ...calm, hour: 14, weekday: 0 })).toBeCloseTo(1 / (1 + Math.exp(2.425)), 12);
  });

  it('sees a calm pool as safe, and one at its peak without discount as above the usual gate', () => {
    const peak = { pricePosition: 1, discountDepth: 0, familyStressMean: 0.9, familyStressMax: 1 };
    expect(familyStress(calm)).toBeLessThan(0.1);
    expect(familyStress({ ...calm, ...peak })).toBeGreaterThan(0.85);
  });

  it('is a probability that is never quite certain, and the same whenever asked', () => {
    fc.assert(
      fc.property(features, (one) => {
        const probability = familyStress(one);
        expect(probability).toBeGreaterThanOrEqual(0.01);
        expect(probability).toBeLessThanOrEqual(0.99);
        expect(familyStress({ ...one })).toBe(probability);
      }),
    );
  });

  it.each(['pricePosition', 'familyStressMean', 'familyStressMax'] as const)(
    'never falls as %s rises',
    (name) => {
      fc.assert(
        fc.property(features, share, (one, other) => {
          const [low, high] = [Math.min(one[name], other), Math.max(one[name], other)];
          expect(familyStress({ ...one, [name]: low })).toBeLessThanOrEqual(
            familyStress({ ...one, [name]: high }),
          );
        }),
      );
    },
  );

  it('never rises with the discount', () => {
    fc.assert(
      fc.property(features, share, (one, other) => {
        const [low, high] = [Math.min(one.discountDepth, other), Math.max(one.discountDepth, other)];
        expect(familyStress({ ...one, discountDepth: high })).toBeLessThanOrEqual(
          familyStress({ ...one, discountDepth: low }),
        );
      }),
    );
  });
});
