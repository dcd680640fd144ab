import type { SpotPool } from '../market/market-data.port.js';
import type { Savings } from './evaluation.js';
import { Money, written } from './money.js';

/** As clouds bill a month: 365 days of 24 hours over 12. */
const HOURS_A_MONTH = 730;
const PERCENT_DECIMALS = 2;

/** What spot costs less than on-demand; negative where it costs more. */
export function savingsOf({ spotPrice, onDemandPrice }: SpotPool): Savings {
  const [spot, onDemand] = [new Money(spotPrice), new Money(onDemandPrice)];
  const hourly = onDemand.minus(spot);
  const percent = onDemand.isZero() ? new Money(0) : hourly.times(100).div(onDemand);
  return {
    spotPrice: written(spot),
    onDemandPrice: written(onDemand),
    hourly: written(hourly),
    monthly: written(hourly.times(HOURS_A_MONTH)),
    percent: percent.toFixed(PERCENT_DECIMALS),
  };
}
