import type { Clock } from '../../common/time/clock.js';
import type { MarketConfig } from '../../config/market.js';
import { SimulatedMarket } from './drivers/simulated/simulated.market.js';
import type { MarketData } from './market-data.port.js';

/** Opens the market that `MARKET_DATA` chooses. AWS's library takes a second to load: only when chosen. */
export async function openMarket(config: MarketConfig, clock: Clock): Promise<MarketData> {
  if (config.source === 'simulated') return new SimulatedMarket(config.seed, clock);
  const { AwsMarket } = await import('./drivers/aws/aws.market.js');
  return AwsMarket.open(config, clock);
}
