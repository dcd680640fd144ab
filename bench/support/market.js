// @ts-check
// A market that never changes: the outside world of an evaluation, without its network.
import { MarketData } from '../../dist/src/modules/market/market-data.port.js';

const REGION = 'eu-west-1';
const ZONES = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${REGION}${letter}`);
const HOURS_A_WEEK = 168;
export const NOW = new Date('2026-01-15T14:00:00Z');

/**
 * @typedef {import('../../dist/src/modules/market/market-data.port.js').SpotPool} SpotPool
 * @typedef {import('../../dist/src/modules/market/market-data.port.js').InstanceType} InstanceType
 */

/** A number within 0 and 1 that looks like chance and is the same in every run. @param {number} seed */
const shareOf = (seed) => {
  const value = Math.sin(seed * 12.9898) * 43758.5453;
  return value - Math.floor(value);
};

/**
 * @param {number} count
 * @returns {SpotPool[]} as many pools of one size, twenty to a family, each with an hourly price of a week.
 */
export function poolsOf(count) {
  return Array.from({ length: count }, (_, index) => {
    const family = `f${Math.floor(index / 20)}`;
    const kind = Math.floor(index / ZONES.length) % 4;
    /** @param {number} hour */
    const priceAt = (hour) => (0.03 + 0.05 * shareOf(index * HOURS_A_WEEK + hour)).toFixed(6);
    return {
      type: {
        name: `${family}k${kind}.large`,
        family,
        vcpu: 2,
        memoryGb: 8 + 4 * kind,
        architecture: 'x86_64',
      },
      availabilityZone: /** @type {string} */ (ZONES[index % ZONES.length]),
      spotPrice: priceAt(HOURS_A_WEEK),
      onDemandPrice: (0.1 + 0.02 * kind).toFixed(6),
      interruptionRate: 0.05,
      history: Array.from({ length: HOURS_A_WEEK }, (_, hour) => ({
        at: new Date(NOW.getTime() - (HOURS_A_WEEK - hour) * 3_600_000),
        price: priceAt(hour),
      })),
    };
  });
}

export class FixedMarket extends MarketData {
  /** @param {readonly SpotPool[]} all */
  constructor(all) {
    super();
    this.all = all;
  }

  async zones() {
    return ZONES;
  }

  /** @param {unknown} _ @param {string} name @returns {Promise<InstanceType | null>} */
  async instanceType(_, name) {
    return this.all.find(({ type }) => type.name === name)?.type ?? null;
  }

  async pools() {
    return this.all;
  }

  /** @returns {Promise<'none'>} */
  async signal() {
    return 'none';
  }
}
