import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import { AppError } from '../../../src/common/errors/app-error.js';
import { AwsMarket } from '../../../src/modules/market/drivers/aws/aws.market.js';
import { EC2_LIMITS, type Ec2Limits } from '../../../src/modules/market/drivers/aws/ec2.js';
import type { MarketAccess } from '../../../src/modules/market/market-data.port.js';
import { MovableClock } from '../../support/clock.js';
import { EC2_ACCOUNT, EC2_TEMPORARY, Ec2Server, type Ec2Fault } from '../../support/ec2-server.js';

const ACCESS: MarketAccess = { region: 'eu-west-1', ...EC2_ACCOUNT };
const UNAVAILABLE = { code: 'market_unavailable', status: 502 };
const REFUSED = { code: 'market_credentials_refused', status: 400 };
const THROTTLED: Ec2Fault = { status: 503, code: 'RequestLimitExceeded' };

let ec2: Ec2Server;
beforeEach(async () => {
  ec2 = await Ec2Server.start();
  ec2.world.zones = ['eu-west-1a'];
});
afterEach(() => ec2.stop());

function open(limits: Partial<Ec2Limits> = {}, ec2Endpoint: string | null = ec2.url): AwsMarket {
  const config = { source: 'aws', seed: '', ec2Endpoint, spotAdvisorUrl: ec2.advisorUrl } as const;
  return AwsMarket.open(config, new MovableClock(), { ...EC2_LIMITS, ...limits });
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe('what passes', () => {
  it.each<[string, Ec2Fault[]]>([
    ['throttling', [THROTTLED, THROTTLED]],
    ['a fault of the server', [{ status: 500, code: 'InternalError' }]],
    ['a broken connection', ['reset', 'reset']],
  ])('%s is tried again', async (_, faults) => {
    ec2.failWith(...faults);
    await expect(open().zones(ACCESS)).resolves.toEqual(['eu-west-1a']);
    expect(ec2.asked).toHaveLength(faults.length + 1);
  });
});

describe('what lasts', () => {
  it.each<[string, Ec2Fault, number]>([
    ['throttling', THROTTLED, 3],
    ['a fault of the server', { status: 503, code: 'Unavailable' }, 3],
    ['a broken connection', 'reset', 3],
    ['an answer in another tongue', 'garbage', 1],
    ['a clock that is wrong', { status: 400, code: 'RequestExpired' }, 1],
  ])(
    '%s is told as the market being away, after a bounded number of attempts',
    async (_, fault, attempts) => {
      ec2.alwaysFailWith(fault);
      await expect(open({ attempts: 3 }).zones(ACCESS)).rejects.toMatchObject(UNAVAILABLE);
      expect(ec2.asked).toHaveLength(attempts);
    },
  );

  it('nobody there', async () => {
    const url = ec2.url;
    await ec2.stop();
    await expect(open({ attempts: 2 }, url).zones(ACCESS)).rejects.toMatchObject(UNAVAILABLE);
    ec2 = await Ec2Server.start();
  });

  it('a server that says nothing is left after the time of a request', async () => {
    ec2.alwaysFailWith('hang');
    await expect(open({ requestMs: 500, attempts: 2 }).zones(ACCESS)).rejects.toMatchObject(UNAVAILABLE);
    expect(ec2.asked).toHaveLength(2);
  });

  it('and in all after the time of a call, however many attempts are left', async () => {
    ec2.alwaysFailWith('hang');
    const failure = await failureOf(open({ callMs: 150, attempts: 50 }).zones(ACCESS));
    expect(failure).toMatchObject({ ...UNAVAILABLE, detail: 'EC2 gave no answer in time.' });
    ec2.alwaysFailWith(THROTTLED);
    await expect(open({ callMs: 150, attempts: 50 }).zones(ACCESS)).rejects.toMatchObject(UNAVAILABLE);
  });
});

describe('a question that failed', () => {
  it('asks no more', async () => {
    ec2.alwaysFailWith({ status: 403, code: 'AuthFailure' });
    await expect(open().pools(ACCESS)).rejects.toMatchObject(REFUSED);
    ec2.alwaysFailWith(null);
    // Seven requests wait for one another, four at a time; what is asked later comes after them.
    for (let times = 0; times < 5; times++) await open().zones(ACCESS);
    const prices = ec2.actions.filter((action) => action === 'DescribeSpotPriceHistory');
    expect(prices.length).toBeLessThanOrEqual(4);
  });
});

describe('credentials', () => {
  it.each([
    ['key', { accessKeyId: 'AKIAI44QH8DHBEXAMPLE' }],
    ['secret', { secretAccessKey: 'a-secret-of-somebody-else-entirely-000000' }],
  ])('a %s that is not theirs is refused, once', async (_, change) => {
    await expect(open().zones({ ...ACCESS, ...change })).rejects.toMatchObject(REFUSED);
    expect(ec2.asked).toHaveLength(1);
  });

  it('temporary ones are sent with their token, and are nothing without it or with another', async () => {
    const temporary: MarketAccess = { region: 'eu-west-1', ...EC2_TEMPORARY };
    const { sessionToken, ...bare } = temporary;
    await expect(open().zones(temporary)).resolves.toEqual(['eu-west-1a']);
    for (const key of [
      bare,
      { ...bare, sessionToken: `${sessionToken ?? ''}A` },
      { ...ACCESS, sessionToken },
    ])
      await expect(open().zones(key as MarketAccess)).rejects.toMatchObject(REFUSED);
  });

  it.each([
    'AuthFailure',
    'UnauthorizedOperation',
    'InvalidClientTokenId',
    'SignatureDoesNotMatch',
    'ExpiredToken',
  ])('EC2 says %s', async (code) => {
    ec2.alwaysFailWith({ status: 403, code });
    await expect(open().pools(ACCESS)).rejects.toMatchObject({
      ...REFUSED,
      detail: expect.stringContaining(code) as string,
    });
  });

  it('those of the server never stand in', async () => {
    const own = {
      AWS_ACCESS_KEY_ID: EC2_ACCOUNT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: EC2_ACCOUNT.secretAccessKey,
    };
    jest.replaceProperty(process, 'env', { ...process.env, ...own });
    for (const keys of [
      { accessKeyId: '', secretAccessKey: '' },
      { accessKeyId: 'AKIAI44QH8DHBEXAMPLE', secretAccessKey: 'x' },
    ]) {
      await expect(open().zones({ region: 'eu-west-1', ...keys })).rejects.toMatchObject(REFUSED);
    }
    jest.restoreAllMocks();
  });

  it('no error holds them, nor what AWS said of their owner', async () => {
    const faults: Ec2Fault[] = [
      'reset',
      'garbage',
      THROTTLED,
      { status: 403, code: 'UnauthorizedOperation' },
    ];
    for (const fault of faults) {
      ec2.alwaysFailWith(fault);
      const failure = await failureOf(open({ attempts: 1 }).zones(ACCESS));
      const told = inspect(failure, { depth: 20, showHidden: true });
      expect(told).not.toContain(EC2_ACCOUNT.secretAccessKey);
      expect(told).not.toContain(EC2_ACCOUNT.accessKeyId);
      expect(told).not.toContain('Signature=');
      expect(told).not.toContain('user/ada');
    }
  });
});

describe('regions', () => {
  it.each(['mars-north-1', '', 'eu-west-1.evil.example', 'eu-west-1/../..', '__proto__'])(
    '%j is unknown without asking anybody',
    async (region) => {
      await expect(open().zones({ ...ACCESS, region })).rejects.toMatchObject({
        code: 'unknown_region',
        status: 400,
      });
      await expect(open().pools({ ...ACCESS, region })).rejects.toMatchObject({ code: 'unknown_region' });
      await expect(open().signal({ ...ACCESS, region }, 'i-1')).rejects.toMatchObject({
        code: 'unknown_region',
      });
      expect(ec2.asked).toEqual([]);
    },
  );

  it('one that the account has not opened is told as such', async () => {
    ec2.alwaysFailWith({ status: 401, code: 'OptInRequired' });
    await expect(open().zones(ACCESS)).rejects.toMatchObject({ code: 'unknown_region', status: 400 });
  });
});

describe('addresses that are refused', () => {
  it.each(['http://169.254.169.254/', 'https://[fd00:ec2::254]/', 'http://[::ffff:169.254.169.254]:8080/'])(
    '%s is no endpoint',
    (endpoint) => {
      expect(() => open({}, endpoint)).toThrow('The address is refused');
    },
  );
});
