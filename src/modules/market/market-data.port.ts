import type { AwsKey } from '../../common/aws/ec2-clients.js';

export type Architecture = 'x86_64' | 'arm64';

/** What a machine of one type has, the same in every zone. */
export interface InstanceType {
  /** Such as `m5.large`. */
  readonly name: string;
  /** Such as `m5`. */
  readonly family: string;
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly architecture: Architecture;
}

export interface PricePoint {
  readonly at: Date;
  /** US dollars an hour, an exact decimal as the market writes it. */
  readonly price: string;
}

/** A spot pool: one type in one zone, with what it costs and how often it is taken back. */
export interface SpotPool {
  readonly type: InstanceType;
  readonly availabilityZone: string;
  /** US dollars an hour, exact decimals. */
  readonly spotPrice: string;
  readonly onDemandPrice: string;
  /**
   * Share of machines interrupted in a month, 0 to 1: the upper end of the advisor's band, where the
   * open one above 20 % counts as 0.25; null where nobody knows.
   */
  readonly interruptionRate: number | null;
  /** The spot price in force at each full hour of the last 7 days, oldest first; shorter where the market knows less. */
  readonly history: readonly PricePoint[];
}

/** What the cloud says of one machine: it is about to be taken back, or at raised risk of it. */
export type InstanceSignal = 'none' | 'rebalance' | 'termination';

/** Of the account whose market is asked. */
export interface MarketAccess extends AwsKey {
  readonly region: string;
}

/**
 * Prices, machines and warnings of the spot market. Every method throws AppError
 * `market_unavailable` (502, within the market's own time limit), `market_credentials_refused`
 * (400) or `unknown_region` (400).
 */
export abstract class MarketData {
  /** The zones of a region, such as `eu-west-1a`. */
  abstract zones(access: MarketAccess): Promise<readonly string[]>;

  /** Null where the region has no such type. */
  abstract instanceType(access: MarketAccess, name: string): Promise<InstanceType | null>;

  /** Every pool of the region. */
  abstract pools(access: MarketAccess): Promise<readonly SpotPool[]>;

  /**
   * @param instanceType where the caller knows it: the simulated market looks at its family.
   * @throws AppError as all do, and `instance_not_found` (400).
   */
  abstract signal(access: MarketAccess, instanceId: string, instanceType?: string): Promise<InstanceSignal>;
}
