import fc from 'fast-check';
import type { Candidate, DecisionContext } from '../decision-context.js';
import { Money } from '../money.js';
import { yieldRanking } from './yield-ranking.js';

const features = {
  pricePosition: 0,
  discountDepth: 0,
  familyStressMean: 0,
  familyStressMax: 0,
  hour: 0,
  weekday: 0,
};

function candidate(name: string, spotPrice: string, crashProbability: number, waste = '0'): Candidate {
  const type = { name, family: 'm5', vcpu: 2, memoryGb: 8, architecture: 'x86_64' } as const;
  const [zone, onDemandPrice] = ['eu-west-1a', '0.2'];
  return {
    pool: { type, availabilityZone: zone, spotPrice, onDemandPrice, interruptionRate: null, history: [] },
    isCurrent: false,
    risk: { features, crashProbability },
    waste: new Money(waste),
    totalCost: null,
    yieldScore: null,
  };
}

async function ranked(candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
  const { changes } = await yieldRanking.run({ candidates } as DecisionContext);
  return changes.candidates ?? [];
}

describe('the yield ranking', () => {
  it('weighs what a pool costs against how likely it is to be lost', async () => {
    const [best, next, last] = await ranked([
      candidate('dear', '0.10', 0.0),
      candidate('cheap-and-risky', '0.02', 0.8),
      candidate('wasteful', '0.04', 0.1, '0.01'),
    ]);
    expect(best).toMatchObject({ pool: { type: { name: 'wasteful' } }, yieldScore: expect.closeTo(45, 9) });
    expect(next).toMatchObject({
      pool: { type: { name: 'cheap-and-risky' } },
      yieldScore: expect.closeTo(16, 9),
    });
    expect(last).toMatchObject({ yieldScore: 0 });
    expect(best?.totalCost?.toFixed()).toBe('0.05');
  });

  it('holds one alone against its on-demand price', async () => {
    expect(await ranked([candidate('only', '0.05', 0.2)])).toMatchObject([
      { yieldScore: expect.closeTo(60, 9) },
    ]);
    expect(await ranked([])).toEqual([]);
    expect(await ranked([candidate('free', '0', 0.5), candidate('gift', '0', 0.1)])).toMatchObject([
      { pool: { type: { name: 'gift' } } },
      { yieldScore: 0 },
    ]);
  });

  it('is between 0 and 100, best first, whatever the order it is given', async () => {
    const some = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 100 }), fc.nat(1000)),
      { selector: ([, , name]) => name, minLength: 2 },
    );
    await fc.assert(
      fc.asyncProperty(some, async (traits) => {
        const given = traits.map(([cents, percent, name]) =>
          candidate(`type-${name}`, `0.${String(cents).padStart(2, '0')}`, percent / 100),
        );
        const result = await ranked(given);
        const scores = result.map(({ yieldScore }) => yieldScore ?? NaN);
        for (const score of scores) expect(score >= 0 && score <= 100).toBe(true);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(await ranked([...given].reverse())).toEqual(result);
      }),
    );
  });
});
