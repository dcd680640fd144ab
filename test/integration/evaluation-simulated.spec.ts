import { SimulatedMarket } from '../../src/modules/market/drivers/simulated/simulated.market.js';
import type { MarketAccess } from '../../src/modules/market/market-data.port.js';
import { EvaluationBench } from '../support/evaluation.js';
import { MARKET_TIME, REGION } from '../support/market.js';

const access: MarketAccess = { region: REGION, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const market = new SimulatedMarket('seed', { now: () => MARKET_TIME });

let bench: EvaluationBench<SimulatedMarket>;
beforeAll(async () => {
  bench = await EvaluationBench.start(market);
});
afterAll(() => bench.stop());

it('every pool of a simulated region can be judged, alone and against the others', async () => {
  const types = ['m5.large', 'c5.xlarge', 'r5.2xlarge', 'm6g.large'];
  const all = await market.pools(access);
  const pools = all.filter(({ type }) => types.includes(type.name));
  expect(pools.length).toBeGreaterThan(types.length);
  for (const { type, availabilityZone } of pools) {
    const instance = { instanceId: 'i-0abc', instanceType: type.name, availabilityZone };
    const alone = await bench.evaluate({ mode: 'single_instance', instance });
    const among = await bench.evaluate({ instance });
    expect(among.crashProbability).toBe(alone.crashProbability);
    expect(among.candidates.length).toBe(all.length);
    for (const { vcpu, memoryGb, architecture, crashProbability, rejected } of among.candidates) {
      if (rejected !== null) continue;
      expect(vcpu).toBeGreaterThanOrEqual(type.vcpu);
      expect(memoryGb).toBeGreaterThanOrEqual(type.memoryGb);
      expect(architecture).toBe(type.architecture);
      expect(crashProbability).toBeLessThanOrEqual(0.85);
    }
    if (among.decision === 'SWITCH') expect(among.selected).toEqual(among.candidates[0]);
  }
});

it('the same market gives the same answer', async () => {
  const [one, other] = [await bench.evaluate(), await bench.evaluate()].map(
    ({ stages: _, executionTimeMs: __, ...rest }) => rest,
  );
  expect(one).toEqual(other);
});
