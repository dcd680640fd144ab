import { EvaluationBench, pipeline, refusals } from '../support/evaluation.js';
import { FakeMarket, pool, REGION, stressed } from '../support/market.js';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => `${REGION}${letter}`) as [string, string, string];
const XLARGE = { name: 'm5.xlarge', vcpu: 4, memoryGb: 16 };
const GRAVITON = { name: 'm6g.large', architecture: 'arm64' } as const;

let bench: EvaluationBench;
beforeAll(async () => {
  bench = await EvaluationBench.start(new FakeMarket());
});
beforeEach(() => {
  Object.assign(bench.market, { all: [pool()], warning: 'none', fault: null });
});
afterAll(() => bench.stop());

describe('a cluster', () => {
  it('switches to a pool that is well ahead, and ranks the rest', async () => {
    bench.market.all = [
      pool({ spotPrice: '0.060' }),
      pool({ availabilityZone: B, spotPrice: '0.036' }),
      pool({ availabilityZone: C, spotPrice: '0.050' }),
    ];
    const evaluation = await bench.evaluate();
    expect(evaluation).toMatchObject({
      decision: 'SWITCH',
      selected: { availabilityZone: B, rank: 1 },
      savings: { spotPrice: '0.036', hourly: '0.071', monthly: '51.83', percent: '66.36' },
    });
    expect(evaluation.candidates.map(({ availabilityZone }) => availabilityZone)).toEqual([B, C, A]);
    const [best, , dearest] = evaluation.candidates;
    expect(best?.yieldScore).toBeCloseTo(100 * (1 - 0.036 / 0.06) * (1 - (best?.crashProbability ?? 0)), 9);
    expect(dearest?.yieldScore).toBe(0);
  });

  it('stays where its pool ranks first', async () => {
    bench.market.all = [pool({ spotPrice: '0.036' }), pool({ availabilityZone: B, spotPrice: '0.060' })];
    expect(await bench.evaluate()).toMatchObject({
      decision: 'STAY',
      selected: null,
      reason: 'The current pool ranks first of 2.',
    });
  });

  it('stays where another is ahead by less than a move is worth', async () => {
    bench.market.all = [
      pool({ spotPrice: '0.0400' }),
      pool({ availabilityZone: B, spotPrice: '0.0395' }),
      pool({ availabilityZone: C, spotPrice: '0.060' }),
    ];
    expect(await bench.evaluate()).toMatchObject({
      decision: 'STAY',
      selected: null,
      reason: expect.stringContaining('within the margin of 5'),
    });
    expect(await bench.evaluate({ config: pipeline({ decision: { switchMargin: 0 } }) })).toMatchObject({
      decision: 'SWITCH',
      selected: { availabilityZone: B },
    });
  });

  it('rejects with stage and reason what does not do, and switches away from it', async () => {
    bench.market.all = [
      pool({ interruptionRate: 0.21 }),
      pool({ availabilityZone: B, interruptionRate: 0.2 }),
      pool({ availabilityZone: C, interruptionRate: null }),
      pool({ type: GRAVITON }),
      pool({ type: { name: 'm5.medium', vcpu: 1, memoryGb: 4 } }),
      pool({ type: { name: 'c5.large', memoryGb: 4 } }),
      pool({ type: XLARGE }),
      stressed({ type: { name: 'r3.large', memoryGb: 15 } }),
    ];
    const evaluation = await bench.evaluate();
    expect(refusals(evaluation)).toEqual({
      [`r3.large ${A}`]: 'safety_gate',
      [`m5.large ${A}`]: 'interruption_filter',
      [`m6g.large ${A}`]: 'hardware_filter',
      [`m5.medium ${A}`]: 'hardware_filter',
      [`c5.large ${A}`]: 'hardware_filter',
      [`m5.xlarge ${A}`]: 'hardware_filter',
    });
    expect(evaluation).toMatchObject({
      decision: 'SWITCH',
      reason: expect.stringContaining('0.21 is above 0.2'),
    });
    expect(evaluation.crashProbability).toBeGreaterThan(0);
    const last = evaluation.candidates.find(({ instanceType }) => instanceType === 'm6g.large');
    expect(last).toMatchObject({
      rank: null,
      crashProbability: null,
      rejected: { reason: 'arm64 is not x86_64' },
    });
  });

  it('takes what machines need from the request rather than from the instance', async () => {
    bench.market.all = [pool(), pool({ type: GRAVITON }), pool({ type: XLARGE, spotPrice: '0.070' })];
    const requirements = { vcpu: 4, memoryGb: 16, architecture: 'x86_64' } as const;
    expect(await bench.evaluate({ requirements })).toMatchObject({
      decision: 'SWITCH',
      selected: { instanceType: 'm5.xlarge', wasteCost: '0', totalCost: '0.07' },
    });
  });

  it('prices what a machine has and nobody needs', async () => {
    const requirements = { vcpu: 1, memoryGb: 2, architecture: 'x86_64' } as const;
    const evaluation = await bench.evaluate({ requirements });
    // Half of 2 vCPU and three quarters of 8 GB.
    expect(evaluation.candidates[0]).toMatchObject({ wasteCost: '0.025', totalCost: '0.065' });
    const without = await bench.evaluate({
      requirements,
      config: pipeline({ binPacking: { enabled: false } }),
    });
    expect(without.candidates[0]).toMatchObject({ wasteCost: null, totalCost: '0.04' });
  });

  it('considers a larger size that costs less only where right-sizing is on', async () => {
    const cheap = pool({ type: XLARGE, spotPrice: '0.030', range: ['0.028', '0.050'] });
    const dear = pool({ type: XLARGE, availabilityZone: B, spotPrice: '0.055' });
    const huge = pool({ type: { name: 'm5.8xlarge', vcpu: 32, memoryGb: 128 }, spotPrice: '0.010' });
    bench.market.all = [pool({ spotPrice: '0.050' }), cheap, dear, huge];
    expect((await bench.evaluate()).candidates.filter(({ rank }) => rank !== null)).toHaveLength(1);
    const rightSizing = { enabled: true, maxFactor: 4 };
    const evaluation = await bench.evaluate({ config: pipeline({ rightSizing }) });
    expect(evaluation.candidates.filter(({ rank }) => rank !== null)).toHaveLength(2);
    expect(evaluation).toMatchObject({
      decision: 'SWITCH',
      selected: { instanceType: 'm5.xlarge', totalCost: '0.045' },
    });
    expect(refusals(evaluation)).toEqual({
      [`m5.xlarge ${B}`]: 'hardware_filter',
      [`m5.8xlarge ${A}`]: 'hardware_filter',
    });
  });

  it('has nowhere to go where every pool is rejected, and says why', async () => {
    bench.market.all = [stressed(), stressed({ availabilityZone: B }), pool({ type: GRAVITON })];
    expect(await bench.evaluate()).toMatchObject({
      decision: 'SWITCH',
      selected: null,
      reason: expect.stringContaining('1 by hardware_filter, 2 by safety_gate'),
    });
    bench.market.all = [pool({ interruptionRate: 0.5 })];
    expect(await bench.evaluate()).toMatchObject({
      decision: 'STAY',
      selected: null,
      reason: expect.stringContaining('1 by interruption_filter'),
    });
  });
});
