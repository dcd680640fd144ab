import type { InstanceSignal, MarketData } from '../market/market-data.port.js';
import type { MarketFacts } from './decision-context.js';
import type { EvaluationRequest } from './evaluation.js';
import { EvaluationErrors } from './evaluation.errors.js';

const GRAVITY: readonly InstanceSignal[] = ['none', 'rebalance', 'termination'];

/**
 * All an evaluation asks of the market, at once.
 *
 * @throws AppError `unknown_instance_type`, `zone_outside_region`, `instance_type_not_offered`, and the market's own.
 */
export async function factsOf(
  market: MarketData,
  { access, instance, signals = [] }: EvaluationRequest,
  at: Date,
): Promise<MarketFacts> {
  const { instanceId, instanceType: typeName, availabilityZone } = instance;
  const [instanceType, zones, pools, marketSignal] = await Promise.all([
    market.instanceType(access, typeName),
    market.zones(access),
    // All of the region: the stress of a family is that of all its pools.
    market.pools(access),
    market.signal(access, instanceId, typeName),
  ]);
  if (instanceType === null) throw EvaluationErrors.unknownInstanceType(typeName, access.region);
  if (!zones.includes(availabilityZone)) {
    throw EvaluationErrors.zoneOutsideRegion(availabilityZone, access.region);
  }
  const current = pools.find(
    (pool) => pool.type.name === typeName && pool.availabilityZone === availabilityZone,
  );
  if (current === undefined) throw EvaluationErrors.notOffered(typeName, availabilityZone);
  return { at, instanceType, signal: gravest([...signals, marketSignal]), pools, current };
}

/** Nobody can talk the cloud's own warning away. */
function gravest(signals: readonly InstanceSignal[]): InstanceSignal {
  return GRAVITY.findLast((signal) => signals.includes(signal)) ?? 'none';
}
