const ZERO = 48;
const NINE = 57;
const DOT = 46;
/** So many digits are below 2^53. */
const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/**
 * As `Number(text)`, several times faster for plain decimals of up to 15 digits,
 * which prices are: an evaluation reads nearly a hundred thousand. The digits as an
 * integer and the power of ten are exact, so their quotient is the nearest double.
 */
export function decimalNumber(text: string): number {
  let digits = 0;
  let decimals = -1;
  const { length } = text;
  if (length === 0 || length > MOST_DIGITS) return Number(text);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code >= ZERO && code <= NINE) {
      digits = digits * 10 + code - ZERO;
      if (decimals >= 0) decimals++;
    } else if (code === DOT && decimals < 0 && length > 1) {
      decimals = 0;
    } else {
      return Number(text);
    }
  }
  return decimals > 0 ? digits / (POWERS[decimals] ?? NaN) : digits;
}
