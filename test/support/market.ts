import {
  MarketData,
  type InstanceSignal,
  type InstanceType,
  type MarketAccess,
  type SpotPool,
} from '../../src/modules/market/market-data.port.js';

/** Thursday, 2026-01-15, in the afternoon: the daytime of risk models. */
export const MARKET_TIME = new Date('2026-01-15T14:00:00Z');
export const REGION = 'eu-west-1';
const HOURS_A_WEEK = 168;

interface PoolTraits extends Partial<Omit<SpotPool, 'type'>> {
  readonly type?: Partial<InstanceType> & { readonly name: string };
  /** Least and most price of the week, beside that of now. */
  readonly range?: readonly [string, string];
}

/** A calm pool of `m5.large` in the first zone, but for its traits. */
export function pool({ type, range = ['0.035', '0.060'], ...traits }: PoolTraits = {}): SpotPool {
  const name = type?.name ?? 'm5.large';
  const [family = name] = name.split('.');
  return {
    type: { name, family, vcpu: 2, memoryGb: 8, architecture: 'x86_64', ...type },
    availabilityZone: `${REGION}a`,
    spotPrice: '0.040',
    onDemandPrice: '0.107',
    interruptionRate: 0.05,
    history: Array.from({ length: HOURS_A_WEEK }, (_, hour) => ({
      at: new Date(MARKET_TIME.getTime() - (HOURS_A_WEEK - hour) * 3_600_000),
      price: range[hour % 2] ?? '0',
    })),
    ...traits,
  };
}

/** A pool whose price is at its peak and near that of on-demand. */
export function stressed(traits: PoolTraits = {}): SpotPool {
  return pool({ spotPrice: '0.105', range: ['0.040', '0.105'], ...traits });
}

/** A market of the pools a test gives it: the outside world. */
export class FakeMarket extends MarketData {
  warning: InstanceSignal = 'none';
  fault: Error | null = null;

  constructor(public all: readonly SpotPool[] = []) {
    super();
  }

  zones({ region }: MarketAccess): Promise<readonly string[]> {
    return Promise.resolve(['a', 'b', 'c'].map((letter) => `${region}${letter}`));
  }

  instanceType(_: MarketAccess, name: string): Promise<InstanceType | null> {
    return Promise.resolve(this.all.find(({ type }) => type.name === name)?.type ?? null);
  }

  pools(): Promise<readonly SpotPool[]> {
    return this.fault === null ? Promise.resolve(this.all) : Promise.reject(this.fault);
  }

  signal(): Promise<InstanceSignal> {
    return Promise.resolve(this.warning);
  }
}
