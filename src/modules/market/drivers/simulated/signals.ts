import type { InstanceSignal } from '../../market-data.port.js';
import { FAMILIES } from '../catalogue-data.js';
import { hashOf, uniform } from './noise.js';
import { stressOf } from './price-process.js';

/** Of a family under full stress, the share of machines with such a signal in an hour. */
const TERMINATED = 0.05;
const WARNED = 0.4;

export interface WatchedInstance {
  readonly region: string;
  readonly instanceId: string;
  /** Unknown: one that the id chooses. */
  readonly family: string | undefined;
  readonly hour: number;
}

/**
 * What the cloud says of a machine within an hour: nothing unless its family is
 * under stress; then each machine draws by its id, and the worse the stress, the
 * more are warned and the more of these are taken back. About one hour in a
 * thousand ends a machine.
 */
export function signalUnder(
  seed: string,
  { region, instanceId, family, hour }: WatchedInstance,
): InstanceSignal {
  const key = hashOf(`${seed}/instance/${region}/${instanceId}`);
  const chosen = family ?? FAMILIES[Math.floor(uniform(key, -1) * FAMILIES.length)]?.name ?? '';
  const [stress = 0] = stressOf(seed, region, chosen, hour, 1);
  const luck = uniform(key, hour);
  if (luck < TERMINATED * stress) return 'termination';
  return luck < WARNED * stress ? 'rebalance' : 'none';
}
