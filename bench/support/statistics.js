// @ts-check

/**
 * @param {readonly number[]} values
 * @param {number} share 0 to 1
 * @returns {number} the value that share of them does not exceed (nearest rank).
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/**
 * @typedef {{ median: number, least: number, most: number }} Spread
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  return {
    // The mean of the two in the middle where their number is even.
    median: round(
      (quantile(values, 0.5) -
        quantile(
          values.map((value) => -value),
          0.5,
        )) /
        2,
    ),
    least: round(Math.min(...values)),
    most: round(Math.max(...values)),
  };
}

/** @param {readonly number[]} values */
export function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * A straight line by least squares.
 *
 * @param {readonly { x: number, y: number }[]} points
 * @returns {{ slope: number, error: number }} `error` is the slope's standard error; both are NaN for too few points.
 */
export function slopeOf(points) {
  const [x, y] = [meanOf(points.map((point) => point.x)), meanOf(points.map((point) => point.y))];
  const spreadOfX = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spreadOfX;
  const residuals = points.reduce((sum, point) => sum + (point.y - y - slope * (point.x - x)) ** 2, 0);
  return { slope, error: Math.sqrt(residuals / (points.length - 2) / spreadOfX) };
}

/** @param {number} value kept to three digits. */
function round(value) {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}
