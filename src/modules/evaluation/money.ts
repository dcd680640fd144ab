import { Decimal } from 'decimal.js';

/** US dollars, exact: forty digits are more than any sum of prices here has. */
export const Money = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });
export type Money = Decimal;

/** As prices are written in a market, and more. */
const MOST_DECIMALS = 6;

/** To the millionth of a dollar: what a share of a price is rounded to. */
export function toMicros(amount: Money): Money {
  return amount.toDecimalPlaces(MOST_DECIMALS);
}

/** A plain decimal, never `1e-7`. */
export function written(amount: Money): string {
  return amount.toFixed();
}
