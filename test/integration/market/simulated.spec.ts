import type { MarketAccess } from '../../../src/modules/market/market-data.port.js';
import { catalogueRegions } from '../../../src/modules/market/drivers/catalogue.js';
import { SimulatedMarket } from '../../../src/modules/market/drivers/simulated/simulated.market.js';
import { MovableClock } from '../../support/clock.js';

const ACCESS: MarketAccess = { region: 'eu-west-1', accessKeyId: 'any', secretAccessKey: 'any' };
const HOUR = 3_600;

describe('the simulated market', () => {
  const clock = new MovableClock();
  const market = new SimulatedMarket('a seed', clock);

  it('offers real machines: 60 types of 10 families in 4 regions and more, Graviton among them', async () => {
    expect(catalogueRegions().length).toBeGreaterThanOrEqual(4);
    for (const region of catalogueRegions()) {
      const pools = await market.pools({ ...ACCESS, region });
      const types = new Map(pools.map(({ type }) => [type.name, type]));
      expect(types.size).toBeGreaterThanOrEqual(60);
      expect(new Set([...types.values()].map(({ family }) => family)).size).toBeGreaterThanOrEqual(10);
      expect(new Set([...types.values()].map(({ architecture }) => architecture))).toEqual(
        new Set(['x86_64', 'arm64']),
      );
      const zones = await market.zones({ ...ACCESS, region });
      expect(new Set(pools.map(({ availabilityZone }) => availabilityZone))).toEqual(new Set(zones));
      expect(pools).toHaveLength(types.size * zones.length);
    }
  });

  it.each([
    ['us-east-1', 'm5.large', 2, 8, 'x86_64', '0.096'],
    ['us-east-1', 't3.small', 2, 2, 'x86_64', '0.0208'],
    ['us-east-1', 'c7g.medium', 1, 2, 'arm64', '0.03625'],
    ['us-east-1', 'r6g.8xlarge', 32, 256, 'arm64', '1.6128'],
    ['eu-west-1', 'm5.large', 2, 8, 'x86_64', '0.107'],
    ['eu-central-1', 'r5.4xlarge', 16, 128, 'x86_64', '1.216'],
    ['ap-northeast-1', 'c5.xlarge', 4, 8, 'x86_64', '0.214'],
    ['sa-east-1', 't3.medium', 2, 4, 'x86_64', '0.0672'],
  ])('in %s an %s is what AWS lists', async (region, name, vcpu, memoryGb, architecture, onDemandPrice) => {
    const access = { ...ACCESS, region };
    const pool = (await market.pools(access)).find(({ type }) => type.name === name);
    expect(pool).toMatchObject({ type: { name, vcpu, memoryGb, architecture }, onDemandPrice });
    await expect(market.instanceType(access, name)).resolves.toEqual(pool?.type);
  });

  it('prices are decimals of four places, never above on demand, an hour apart for a week', async () => {
    for (const { history, spotPrice, onDemandPrice, interruptionRate } of await market.pools(ACCESS)) {
      expect(history).toHaveLength(168);
      expect(history.at(-1)?.price).toBe(spotPrice);
      expect(history[0]?.at.getTime()).toBeGreaterThan(clock.now().getTime() - 7 * 24 * HOUR * 1000);
      expect(interruptionRate).toBeGreaterThan(0);
      const wrong = history.filter(
        ({ at, price }, index) =>
          !/^\d+\.\d{4}$/.test(price) ||
          Number(price) <= 0 ||
          Number(price) >= Number(onDemandPrice) ||
          at.getTime() !== (history[0]?.at.getTime() ?? 0) + index * HOUR * 1000,
      );
      expect(wrong).toEqual([]);
    }
  });

  it('what the price once was it stays, hours later and on every replica', async () => {
    const poolIn = async (one: SimulatedMarket) =>
      (await one.pools(ACCESS)).find(
        ({ type, availabilityZone }) => type.name === 'c6g.large' && availabilityZone === 'eu-west-1b',
      );
    const before = await poolIn(market);
    clock.advance(30 * HOUR);
    const after = await poolIn(market);
    const elsewhere = await poolIn(new SimulatedMarket('a seed', clock));
    expect(after?.history.slice(0, -30)).toEqual(before?.history.slice(30));
    expect(after?.spotPrice).not.toBe(before?.spotPrice);
    expect(elsewhere).toEqual(after);
    const other = await poolIn(new SimulatedMarket('another seed', clock));
    expect(other?.history).not.toEqual(after?.history);
  });

  it.each(['m5.gigantic', 'toString'])('knows no type %s', async (name) => {
    await expect(market.instanceType(ACCESS, name)).resolves.toBeNull();
  });

  it.each(['mars-north-1', '', 'constructor', '__proto__'])('knows no region %j', async (region) => {
    const access = { ...ACCESS, region };
    const unknown = { code: 'unknown_region', status: 400 };
    await expect(market.zones(access)).rejects.toMatchObject(unknown);
    await expect(market.pools(access)).rejects.toMatchObject(unknown);
    await expect(market.instanceType(access, 'm5.large')).rejects.toMatchObject(unknown);
    await expect(market.signal(access, 'i-0123456789abcdef0')).rejects.toMatchObject(unknown);
  });

  it('takes machines back rarely, alike whenever it is asked within the hour', async () => {
    const moving = new MovableClock();
    const watched = new SimulatedMarket('a seed', moving);
    const seen = new Map<string, number>();
    for (let hour = 0; hour < 20_000; hour++) {
      const signal = await watched.signal(ACCESS, 'i-0123456789abcdef0', 'm5.large');
      seen.set(signal, (seen.get(signal) ?? 0) + 1);
      moving.advance(HOUR);
    }
    expect(seen.get('termination')).toBeGreaterThan(2);
    expect(seen.get('termination')).toBeLessThan(100);
    expect(seen.get('rebalance')).toBeGreaterThan(seen.get('termination') ?? 0);
    expect(seen.get('none')).toBeGreaterThan(19_000);
    const again = new SimulatedMarket('a seed', moving);
    await expect(again.signal(ACCESS, 'i-0123456789abcdef0')).resolves.toBe(
      await watched.signal(ACCESS, 'i-0123456789abcdef0'),
    );
  });
});
