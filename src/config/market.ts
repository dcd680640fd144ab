import type { Env, MarketSource } from './settings.js';

/** Where prices and warnings of the spot market come from. */
export abstract class MarketConfig {
  abstract readonly source: MarketSource;
  /** Of the simulated market: the same seed gives the same prices. */
  abstract readonly seed: string;
  /** Null for Amazon's own, one for each region. */
  abstract readonly ec2Endpoint: string | null;
  /** Where AWS publishes how often machines are interrupted. */
  abstract readonly spotAdvisorUrl: string;
}

export function marketOf(env: Env): MarketConfig {
  return {
    source: env.MARKET_DATA,
    seed: env.MARKET_SEED,
    ec2Endpoint: env.AWS_EC2_ENDPOINT ?? null,
    spotAdvisorUrl: env.SPOT_ADVISOR_URL,
  };
}
