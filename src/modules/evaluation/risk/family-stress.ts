import type { RiskFeatures } from './risk-features.js';

export const FAMILY_STRESS = { name: 'family-stress', version: '1.0.0' } as const;

/** Nobody is certain: no history of a week tells less than one in a hundred, or more than ninety-nine. */
const LEAST = 0.01;
const MOST = 0.99;

/**
 * The built-in risk model: the probability that the market takes a machine of a
 * pool back in the hours to come, as a logistic function anybody can recompute:
 *
 *     z = -3.5 + 2.0 price_position - 1.5 discount_depth
 *              + 2.5 family_stress_mean + 1.5 family_stress_max
 *              + 0.3 daytime(hour) + 0.2 [Monday to Friday]
 *     daytime(hour) = (1 - cos(2 pi (hour - 2) / 24)) / 2     0 at 02:00, 1 at 14:00 UTC
 *     p = 1 / (1 + e^-z), kept within 0.01 and 0.99
 *
 * The weights are judgement, not fitted to interruptions: nobody outside of the
 * cloud has those. Where prices move little, as AWS smooths them since 2017, it
 * sees little; it knows UTC, not the region's own working day. An ONNX model
 * trained on one's own interruptions replaces it. See docs/risk-model.md.
 */
export function familyStress(features: RiskFeatures): number {
  const { pricePosition, discountDepth, familyStressMean, familyStressMax, hour, weekday } = features;
  const daytime = (1 - Math.cos((2 * Math.PI * (hour - 2)) / 24)) / 2;
  const z =
    -3.5 +
    2.0 * pricePosition -
    1.5 * discountDepth +
    2.5 * familyStressMean +
    1.5 * familyStressMax +
    0.3 * daytime +
    (weekday < 5 ? 0.2 : 0);
  return Math.min(MOST, Math.max(LEAST, 1 / (1 + Math.exp(-z))));
}
