import { buildConfig } from '../../../src/config/config.js';
import { readEnv } from '../../../src/config/env.js';
import { AwsMarket } from '../../../src/modules/market/drivers/aws/aws.market.js';
import type { MarketAccess } from '../../../src/modules/market/market-data.port.js';
import { openMarket } from '../../../src/modules/market/open-market.js';
import { MovableClock } from '../../support/clock.js';
import { EC2_ACCOUNT, Ec2Server } from '../../support/ec2-server.js';

const ACCESS: MarketAccess = { region: 'eu-west-1', ...EC2_ACCOUNT };
const HOUR_MS = 3_600_000;
const INSTANCE = 'i-0123456789abcdef0';
const ADVICE = JSON.stringify({
  ranges: [{ index: 0, label: '<5%', dots: 0, max: 5 }],
  spot_advisor: { 'eu-west-1': { Linux: { 'm5.large': { s: 62, r: 4 }, 'c6g.large': { s: 48, r: 0 } } } },
});

const now = new Date();
const ago = (hours: number) => new Date(now.getTime() - hours * HOUR_MS);
let clock: MovableClock;
let ec2: Ec2Server;
let market: AwsMarket;

beforeEach(async () => {
  clock = new MovableClock();
  ec2 = await Ec2Server.start();
  ec2.advisor = { status: 200, body: ADVICE };
  ec2.world.zones = ['eu-west-1b', 'eu-west-1a'];
  ec2.world.types = [
    { name: 'm5.large', vcpu: 2, memoryMib: 8_192, architectures: ['x86_64'] },
    { name: 'c6g.large', vcpu: 2, memoryMib: 4_096, architectures: ['arm64'] },
    { name: 'mac2.metal', vcpu: 8, memoryMib: 16_384, architectures: ['arm64_mac'] },
    { name: 'u-3tb1.56xlarge', vcpu: 224, memoryMib: 3_145_728, architectures: ['x86_64'] },
  ];
  ec2.world.prices = [
    { type: 'm5.large', zone: 'eu-west-1a', price: '0.038100', at: ago(300) },
    { type: 'm5.large', zone: 'eu-west-1a', price: '0.040200', at: ago(100) },
    { type: 'm5.large', zone: 'eu-west-1a', price: '0.041300', at: ago(0.01) },
    { type: 'm5.large', zone: 'eu-west-1b', price: '0.039900', at: ago(10) },
    { type: 'm5.large', zone: 'eu-west-1a', price: '0.130000', at: ago(1), product: 'Windows' },
    { type: 'c6g.large', zone: 'eu-west-1a', price: '0.033300', at: ago(200) },
    { type: 'u-3tb1.56xlarge', zone: 'eu-west-1a', price: '9.000000', at: ago(2) },
  ];
  market = AwsMarket.open(
    { source: 'aws', seed: '', ec2Endpoint: ec2.url, spotAdvisorUrl: ec2.advisorUrl },
    clock,
  );
});
afterEach(() => ec2.stop());

const poolsOf = async (instanceType: string) =>
  (await market.pools(ACCESS)).filter(({ type }) => type.name === instanceType);

it('MARKET_DATA=aws chooses it, at AWS_EC2_ENDPOINT', async () => {
  const settings = { MARKET_DATA: 'aws', AWS_EC2_ENDPOINT: ec2.url, SPOT_ADVISOR_URL: ec2.advisorUrl };
  const chosen = await openMarket(buildConfig(readEnv(settings), 'test').market, clock);
  expect(chosen).toBeInstanceOf(AwsMarket);
  await expect(chosen.zones(ACCESS)).resolves.toEqual(['eu-west-1a', 'eu-west-1b']);
});

describe('what AWS tells', () => {
  it('zones and machines, asked in the region and in the name of the session', async () => {
    await expect(market.zones(ACCESS)).resolves.toEqual(['eu-west-1a', 'eu-west-1b']);
    await expect(market.instanceType(ACCESS, 'c6g.large')).resolves.toEqual({
      name: 'c6g.large',
      family: 'c6g',
      vcpu: 2,
      memoryGb: 4,
      architecture: 'arm64',
    });
    await expect(market.instanceType(ACCESS, 'm5.gigantic')).resolves.toBeNull();
    await expect(market.instanceType(ACCESS, 'mac2.metal')).resolves.toBeNull();
    expect(new Set(ec2.asked.map(({ region }) => region))).toEqual(new Set(['eu-west-1']));
  });

  it('pools: the price in force now and at each full hour of the week, on demand from the catalogue', async () => {
    const pools = await poolsOf('m5.large');
    const one = pools.find(({ availabilityZone }) => availabilityZone === 'eu-west-1a');
    expect(one).toMatchObject({
      type: { name: 'm5.large', vcpu: 2, memoryGb: 8, architecture: 'x86_64' },
      spotPrice: '0.041300',
      onDemandPrice: '0.107',
      interruptionRate: 0.25,
    });
    expect(one?.history).toHaveLength(168);
    const prices = one?.history.map(({ price }) => price) ?? [];
    expect(prices.slice(0, 67)).toEqual(Array<string>(67).fill('0.038100'));
    expect(prices.slice(69, -1)).toEqual(Array<string>(98).fill('0.040200'));
    for (const { at } of one?.history ?? []) expect(at.getTime() % HOUR_MS).toBe(0);
    const other = pools.find(({ availabilityZone }) => availabilityZone === 'eu-west-1b');
    expect(other?.history.length).toBeGreaterThanOrEqual(9);
    expect(other?.history.length).toBeLessThanOrEqual(11);
    expect(pools).toHaveLength(2);
  });

  it('of all types those the catalogue has a price of', async () => {
    const all = await market.pools(ACCESS);
    expect(new Set(all.map(({ type }) => type.name))).toEqual(new Set(['m5.large', 'c6g.large']));
  });

  it('in as many pages as it likes', async () => {
    ec2.pageSize = 1;
    await expect(market.pools(ACCESS)).resolves.toHaveLength(3);
    // Five prices, and nothing on one page each for the other five of seven questions.
    expect(ec2.actions.filter((action) => action === 'DescribeSpotPriceHistory')).toHaveLength(10);
    expect(ec2.actions.filter((action) => action === 'DescribeInstanceTypes')).toHaveLength(2);
  });

  it('but not for ever: the newest prices come first and suffice', async () => {
    ec2.pageSize = 1;
    ec2.world.prices = Array.from({ length: 150 }, (_, hours) => ({
      type: 'm5.large',
      zone: 'eu-west-1a',
      price: `0.0${400 + hours}`,
      at: ago(hours + 0.01),
    }));
    const [pool] = await poolsOf('m5.large');
    expect(ec2.actions.filter((action) => action === 'DescribeSpotPriceHistory')).toHaveLength(20 + 6);
    expect(pool?.spotPrice).toBe('0.0400');
    expect(pool?.history.length).toBeLessThanOrEqual(20);
  });

  it('a price that is none is not taken for one', async () => {
    ec2.world.prices = [
      { type: 'm5.large', zone: 'eu-west-1a', price: 'NaN', at: ago(1) },
      { type: 'm5.large', zone: 'eu-west-1b', price: '0.000000', at: ago(1) },
    ];
    await expect(market.pools(ACCESS)).resolves.toEqual([]);
  });
});

describe('signals', () => {
  it.each([
    ['running', 'fulfilled', 'none'],
    ['running', 'marked-for-termination', 'termination'],
    ['running', 'marked-for-stop', 'termination'],
    ['stopped', 'instance-stopped-no-capacity', 'termination'],
    ['shutting-down', 'fulfilled', 'termination'],
    ['running', null, 'none'],
  ])('a machine %s with a request %s: %s', async (state, spot, signal) => {
    ec2.world.instances = [{ id: INSTANCE, state, spot }];
    await expect(market.signal(ACCESS, INSTANCE)).resolves.toBe(signal);
  });

  it.each([INSTANCE, 'not-an-instance'])('there is no machine %s', async (id) => {
    await expect(market.signal(ACCESS, id)).rejects.toMatchObject({
      code: 'instance_not_found',
      status: 400,
      detail: `The account has no instance ${id} in eu-west-1.`,
    });
  });
});

describe('the spot advisor', () => {
  const rateOf = async (instanceType: string) => (await poolsOf(instanceType))[0]?.interruptionRate;

  it('is read once in hours, by all who ask at once together', async () => {
    await Promise.all([rateOf('m5.large'), rateOf('c6g.large')]);
    await expect(rateOf('c6g.large')).resolves.toBe(0.05);
    expect(ec2.advisorReads).toBe(1);
    clock.advance(6 * 3_600 + 1);
    ec2.advisor = { status: 200, body: ADVICE.replace('"r":4', '"r":2') };
    await expect(rateOf('m5.large')).resolves.toBe(0.15);
    expect(ec2.advisorReads).toBe(2);
  });

  it('is as large as it is', async () => {
    ec2.advisor = { status: 200, body: ADVICE + ' '.repeat(2 * 1024 * 1024) };
    await expect(rateOf('m5.large')).resolves.toBe(0.25);
  });

  it.each([
    [503, 'Slow Down'],
    [200, '<html>'],
    [200, '{"spot_advisor":[]}'],
    [302, ''],
  ])('answers %d %s: the estimates of the catalogue count, then what it said last', async (status, body) => {
    const good = ec2.advisor;
    ec2.advisor = { status, body };
    await expect(rateOf('m5.large')).resolves.toBe(0.1);
    await expect(rateOf('m5.large')).resolves.toBe(0.1);
    expect(ec2.advisorReads).toBe(1);
    ec2.advisor = good;
    clock.advance(601);
    await expect(rateOf('m5.large')).resolves.toBe(0.25);
    ec2.advisor = { status, body };
    clock.advance(6 * 3_600 + 1);
    await expect(rateOf('m5.large')).resolves.toBe(0.25);
  });
});
