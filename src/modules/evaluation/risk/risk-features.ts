import type { SpotPool } from '../../market/market-data.port.js';
import { decimalNumber } from './decimal-number.js';

/** What risk models see of a pool; docs/risk-model.md tells what each means. */
export interface RiskFeatures {
  /** Where the spot price is between the least (0) and the most (1) of its 7 days; 0 where it never moved. */
  readonly pricePosition: number;
  /** How far below the on-demand price, 0 to 1. */
  readonly discountDepth: number;
  /** Mean and most of the stress of the region's pools of its family, 0 to 1. */
  readonly familyStressMean: number;
  readonly familyStressMax: number;
  /** Of the day in UTC, 0 to 23. */
  readonly hour: number;
  /** 0 for Monday to 6 for Sunday, UTC. */
  readonly weekday: number;
}

/** In this order a model's input tensor has them. Never reordered: registered models depend on it. */
export const FEATURE_NAMES = [
  'pricePosition',
  'discountDepth',
  'familyStressMean',
  'familyStressMax',
  'hour',
  'weekday',
] as const satisfies readonly (keyof RiskFeatures)[];

export const FEATURE_COUNT = FEATURE_NAMES.length;

interface Family {
  readonly mean: number;
  readonly max: number;
}

interface Pressure {
  readonly pricePosition: number;
  readonly discountDepth: number;
}

/**
 * The features of `pools`, in their order. The stress of a pool is the mean of its
 * price position and of its price as a share of the on-demand price: high where
 * the price is at its peak and the discount is gone.
 *
 * @param market every pool of the region: families are judged by all of theirs.
 */
export function featuresOf(
  pools: readonly SpotPool[],
  market: readonly SpotPool[],
  at: Date,
): RiskFeatures[] {
  const families = new Set(pools.map(({ type }) => type.family));
  const pressures = new Map<SpotPool, Pressure>();
  const stressOf = new Map<string, number[]>([...families].map((family) => [family, []]));
  for (const pool of market) {
    const stresses = stressOf.get(pool.type.family);
    if (stresses === undefined) continue;
    const pressure = pressureOf(pool);
    pressures.set(pool, pressure);
    stresses.push((pressure.pricePosition + 1 - pressure.discountDepth) / 2);
  }
  const summed = new Map([...stressOf].map(([family, stresses]) => [family, sumUp(stresses)]));
  const [hour, weekday] = [at.getUTCHours(), (at.getUTCDay() + 6) % 7];
  return pools.map((pool) => {
    const { mean, max } = summed.get(pool.type.family) ?? sumUp([]);
    // Field by field: a spread costs several times as much here.
    const { pricePosition, discountDepth } = pressures.get(pool) ?? pressureOf(pool);
    return {
      pricePosition,
      discountDepth,
      familyStressMean: mean,
      familyStressMax: max,
      hour,
      weekday,
    };
  });
}

/** Row by row, as `FEATURE_NAMES` orders them. */
export function tensorOf(features: readonly RiskFeatures[]): Float32Array {
  const tensor = new Float32Array(features.length * FEATURE_COUNT);
  features.forEach((row, index) => {
    FEATURE_NAMES.forEach((name, column) => {
      tensor[index * FEATURE_COUNT + column] = row[name];
    });
  });
  return tensor;
}

function sumUp(stresses: readonly number[]): Family {
  if (stresses.length === 0) return { mean: 0, max: 0 };
  const sum = stresses.reduce((total, stress) => total + stress, 0);
  return { mean: sum / stresses.length, max: Math.max(...stresses) };
}

function pressureOf({ spotPrice, onDemandPrice, history }: SpotPool): Pressure {
  const [spot, onDemand] = [decimalNumber(spotPrice), decimalNumber(onDemandPrice)];
  const range = rangeOf(history);
  const [least, most] = [Math.min(spot, range.least), Math.max(spot, range.most)];
  return {
    pricePosition: most > least ? (spot - least) / (most - least) : 0,
    discountDepth: onDemand > 0 ? Math.min(1, Math.max(0, 1 - spot / onDemand)) : 0,
  };
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** Of histories that are still around: to read their prices is most of what an evaluation costs, and none ever changes. */
const ranges = new WeakMap<SpotPool['history'], Range>();

function rangeOf(history: SpotPool['history']): Range {
  const known = ranges.get(history);
  if (known !== undefined) return known;
  let [least, most] = [Infinity, -Infinity];
  for (const point of history) {
    const price = decimalNumber(point.price);
    if (price < least) least = price;
    if (price > most) most = price;
  }
  const range = { least, most };
  ranges.set(history, range);
  return range;
}
