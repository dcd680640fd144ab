import { hashOf, normal, uniform } from './noise.js';

/**
 * The prices of a market that is not there, a pure function of seed, place and
 * hour: nobody has to walk from the beginning of time to know one, and what was
 * the price once stays it.
 *
 * The logarithm of a spot price as a share of the on-demand price is an
 * Ornstein-Uhlenbeck process about the pool's own mean: mean-reverting, as spot
 * prices are since 2017 (Baughman et al., "Deconstructing the 2017 Changes to
 * AWS Spot Market Pricing", 2019). Its exact hourly discretisation is
 * x(h) = m + s·√(1-r²)·Σ rᵏ·n(h-k), r = e^(-1/T); the sum ends where what is
 * left out is below a thousandth of s. Besides, each family of each region has a
 * stress of 0 to 1, at rest most of the time, that pushes all of its pools
 * towards the on-demand price together.
 */

const { exp, max, min } = Math;
/** A spot price is at most this share of the on-demand price, and at least that one. */
const HIGHEST = Math.log(0.98);
const LOWEST = Math.log(0.1);
const STRESS_STARTS = 1.4;
const STRESS_SPAN = 1.4;

const PRICE_KERNEL = kernelOf(14);
const STRESS_KERNEL = kernelOf(9);

/** One type in one zone. */
export interface PoolPlace {
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly family: string;
  /** How the family fares, 0 to 4: the busier, the dearer. */
  readonly band: number;
}

/** The stress of a family in a region in each of `count` hours from `first` on: 0 at rest, 1 at the worst. */
export function stressOf(
  seed: string,
  region: string,
  family: string,
  first: number,
  count: number,
): Float64Array {
  const wave = waveOf(hashOf(`${seed}/stress/${region}/${family}`), STRESS_KERNEL, first, count);
  return wave.map((value) => min(1, max(0, (value - STRESS_STARTS) / STRESS_SPAN)));
}

/**
 * The spot price of a pool as a share of its on-demand price, in each of the
 * hours that `stress` is of.
 *
 * @param stress of the pool's family, as of `stressOf`, from `first` on.
 */
export function sharesOf(seed: string, pool: PoolPlace, stress: Float64Array, first: number): Float64Array {
  const key = hashOf(`${seed}/pool/${pool.region}/${pool.zone}/${pool.type}`);
  // Drawn once for each pool: where its price is at home, how far it strays, how hard stress hits it.
  const mean = Math.log(0.26 + 0.05 * pool.band + 0.14 * uniform(key, -1));
  const spread = 0.05 + 0.09 * uniform(key, -2);
  const exposure = 0.65 + 0.35 * uniform(key, -3);
  return waveOf(key, PRICE_KERNEL, first, stress.length).map((value, index) => {
    const calm = min(HIGHEST, max(LOWEST, mean + spread * value));
    return exp(calm + (HIGHEST - calm) * exposure * (stress[index] ?? 0));
  });
}

/** Weights of an Ornstein-Uhlenbeck process of unit variance with this relaxation time in hours. */
function kernelOf(relaxationHours: number): Float64Array {
  const decay = Math.exp(-1 / relaxationHours);
  const scale = Math.sqrt(1 - decay * decay);
  return Float64Array.from({ length: relaxationHours * 7 }, (_, age) => scale * decay ** age);
}

/** Unit variance, mean 0; the value of an hour is the same whatever else is asked for. */
function waveOf(key: number, kernel: Float64Array, first: number, count: number): Float64Array {
  const oldest = first - kernel.length + 1;
  const noise = new Float64Array(kernel.length - 1 + count);
  for (let index = 0; index < noise.length; index++) noise[index] = normal(key, oldest + index);
  const wave = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    let sum = 0;
    const newest = index + kernel.length - 1;
    for (let age = 0; age < kernel.length; age++) sum += (kernel[age] ?? 0) * (noise[newest - age] ?? 0);
    wave[index] = sum;
  }
  return wave;
}
