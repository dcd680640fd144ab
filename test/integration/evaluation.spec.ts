import { EvaluationBench, pipeline, refusals } from '../support/evaluation.js';
import { FakeMarket, pool, REGION, stressed } from '../support/market.js';

const [A, B] = [`${REGION}a`, `${REGION}b`];
const GRAVITON = { name: 'm6g.large', architecture: 'arm64' } as const;

let bench: EvaluationBench;
beforeAll(async () => {
  bench = await EvaluationBench.start(new FakeMarket());
});
beforeEach(() => {
  Object.assign(bench.market, { all: [pool()], warning: 'none', fault: null });
});
afterAll(() => bench.stop());

describe('one instance', () => {
  const mode = 'single_instance';

  it('stays where it is safe, with every figure told', async () => {
    const evaluation = await bench.evaluate({ mode });
    expect(evaluation).toMatchObject({
      decision: 'STAY',
      reason: expect.stringContaining('within the limit of 0.85'),
      awsSignal: 'none',
      selected: null,
      savings: {
        spotPrice: '0.04',
        onDemandPrice: '0.107',
        hourly: '0.067',
        monthly: '48.91',
        percent: '62.62',
      },
      model: { name: 'family-stress', version: '1.0.0' },
      features: { pricePosition: expect.closeTo(0.2, 9), hour: 14, weekday: 3 },
    });
    expect(evaluation.crashProbability).toBeGreaterThan(0);
    expect(evaluation.crashProbability).toBeLessThan(0.3);
    expect(evaluation.candidates).toEqual([
      expect.objectContaining({
        rank: 1,
        isCurrent: true,
        wasteCost: '0',
        totalCost: '0.04',
        rejected: null,
      }),
    ]);
    expect(evaluation.candidates[0]?.yieldScore).toBeGreaterThan(0);
    expect(evaluation.executionTimeMs).toBeGreaterThan(0);
  });

  it('should leave a pool above the safety gate, to where a cluster evaluation says', async () => {
    bench.market.all = [stressed()];
    const evaluation = await bench.evaluate({ mode });
    expect(evaluation).toMatchObject({ decision: 'SWITCH', selected: null });
    expect(evaluation.crashProbability).toBeGreaterThan(0.85);
    expect(refusals(evaluation)).toEqual({ [`m5.large ${A}`]: 'safety_gate' });
  });

  it('stays in a pool above a gate that is switched off', async () => {
    bench.market.all = [stressed()];
    const safetyGate = { enabled: false, maxCrashProbability: 0.85 };
    const evaluation = await bench.evaluate({ mode, config: pipeline({ safetyGate }) });
    expect(evaluation).toMatchObject({
      decision: 'STAY',
      reason: expect.stringContaining('safety gate is off'),
    });
  });

  it('runs no filter: they choose among others', async () => {
    bench.market.all = [pool({ interruptionRate: 0.9 })];
    const { decision, stages } = await bench.evaluate({ mode });
    expect(decision).toBe('STAY');
    const skipped = stages.filter(({ state }) => state === 'skipped').map(({ name }) => name);
    expect(skipped).toEqual(['cluster_input', 'hardware_filter', 'right_sizing', 'interruption_filter']);
  });
});

describe('a warning of the cloud', () => {
  beforeEach(() => {
    bench.market.all = [pool({ spotPrice: '0.036' }), pool({ availabilityZone: B })];
  });

  it.each([
    ['termination', 'EVACUATE'],
    ['rebalance', 'DRAIN'],
  ] as const)('of %s forces %s, and the best pool elsewhere is where to go', async (warning, decision) => {
    bench.market.warning = warning;
    expect(await bench.evaluate()).toMatchObject({
      decision,
      awsSignal: warning,
      selected: { availabilityZone: B, isCurrent: false },
    });
    expect(await bench.evaluate({ mode: 'single_instance' })).toMatchObject({ decision, selected: null });
    expect(bench.lines).toContainEqual(
      expect.objectContaining({
        log_type: 'SIGNAL',
        message: expect.stringContaining(`${decision} instead of STAY`),
      }),
    );
  });

  it('told by the caller counts as much; the graver one wins', async () => {
    expect(await bench.evaluate({ signals: ['none', 'rebalance'] })).toMatchObject({ decision: 'DRAIN' });
    bench.market.warning = 'termination';
    expect(await bench.evaluate({ signals: ['rebalance'] })).toMatchObject({ decision: 'EVACUATE' });
    expect(await bench.evaluate({ signals: ['none'] })).toMatchObject({ decision: 'EVACUATE' });
  });
});

describe('bad input', () => {
  const instance = { instanceId: 'i-0abc', instanceType: 'm5.large', availabilityZone: A };

  it.each([
    ['an unknown type', { instance: { ...instance, instanceType: 'm5.huge' } }, 'unknown_instance_type'],
    [
      'a zone elsewhere',
      { instance: { ...instance, availabilityZone: 'us-east-1a' } },
      'zone_outside_region',
    ],
    [
      'a type its zone lacks',
      { instance: { ...instance, availabilityZone: B } },
      'instance_type_not_offered',
    ],
    [
      'requirements no machine meets',
      { requirements: { vcpu: 512, memoryGb: 8, architecture: 'x86_64' } as const },
      'requirements_impossible',
    ],
  ])('is refused: %s', async (_, asked, code) => {
    await expect(bench.evaluate(asked)).rejects.toMatchObject({ status: 400, code });
    expect(bench.lines.at(-1)).toMatchObject({ level: 'error' });
  });
});

describe('a stage', () => {
  it('tells its name, state, duration and counts', async () => {
    bench.market.all = [pool(), pool({ type: GRAVITON })];
    const { stages } = await bench.evaluate();
    const told = stages.map(({ name, state, in: before, out }) => [name, state, before, out]);
    expect(told).toEqual([
      ['single_instance_input', 'skipped', 0, 0],
      ['cluster_input', 'done', 0, 2],
      ['hardware_filter', 'done', 2, 1],
      ['right_sizing', 'skipped', 1, 1],
      ['interruption_filter', 'done', 1, 1],
      ['risk_model', 'done', 1, 1],
      ['safety_gate', 'done', 1, 1],
      ['bin_packing', 'done', 1, 1],
      ['yield_ranking', 'done', 1, 1],
      ['decision', 'done', 1, 1],
      ['reactive_override', 'done', 1, 1],
      ['log_actuator', 'done', 1, 1],
    ]);
    expect(stages.every(({ durationMs }) => durationMs >= 0)).toBe(true);
    expect(bench.lines.map(({ log_type }) => log_type)).toEqual([
      'SCRAPER',
      'FILTER',
      'FILTER',
      'RISK',
      'OPTIMIZER',
      'OPTIMIZER',
      'OPTIMIZER',
      'OPTIMIZER',
      'SIGNAL',
      'ACTUATOR',
    ]);
    expect(bench.lines.at(-1)?.message).toBe('Would leave i-0abc where it is');
  });

  it('that throws fails the evaluation, with a line, without telling its fault', async () => {
    const counted = 'cloudkeep_evaluations_total{mode="cluster",decision="STAY"}';
    const before = (await bench.scrape()).split('\n').find((line) => line.startsWith(counted));
    bench.market.all = [pool({ spotPrice: 'n/a' })];
    await expect(bench.evaluate()).rejects.toMatchObject({
      status: 500,
      code: 'evaluation_failed',
      cause: expect.objectContaining({ message: expect.stringContaining('DecimalError') }),
    });
    expect(bench.lines.at(-1)).toMatchObject({ log_type: 'OPTIMIZER', level: 'error' });
    expect(JSON.stringify(bench.lines)).not.toContain('DecimalError');
    const after = await bench.scrape();
    expect(after.split('\n').find((line) => line.startsWith(counted))).toBe(before);
    expect(after).toContain('cloudkeep_evaluation_failures_total{stage="bin_packing"} 1');
  });

  it('says what it would do, unless the caller acts', async () => {
    const { stages } = await bench.evaluate({ isActedOn: true });
    expect(stages.at(-1)?.name).toBe('reactive_override');
    expect(bench.lines.filter(({ log_type }) => log_type === 'ACTUATOR')).toEqual([]);
  });
});

it('a market that fails fails the evaluation, and a line says so', async () => {
  bench.market.fault = new Error('connect ECONNREFUSED 10.0.0.7');
  await expect(bench.evaluate()).rejects.toThrow('ECONNREFUSED');
  expect(bench.lines).toEqual([
    { log_type: 'SCRAPER', level: 'error', message: 'The market could not be read: an unexpected fault' },
  ]);
});

it('is counted and measured', async () => {
  await bench.evaluate({ mode: 'single_instance' });
  const metrics = await bench.scrape();
  expect(metrics).toMatch(/cloudkeep_evaluations_total\{mode="single_instance",decision="STAY"\} [1-9]/);
  expect(metrics).toMatch(/cloudkeep_evaluation_stage_seconds_count\{stage="risk_model"\} [1-9]/);
  for (const name of ['crash_probability', 'spot_price_dollars', 'yield_score']) {
    expect(metrics).toMatch(new RegExp(`cloudkeep_${name}_count [1-9]`));
  }
});
