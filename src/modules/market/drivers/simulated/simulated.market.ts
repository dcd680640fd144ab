import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../../common/time/clock.js';
import {
  MarketData,
  type InstanceSignal,
  type InstanceType,
  type MarketAccess,
  type PricePoint,
  type SpotPool,
} from '../../market-data.port.js';
import { MarketErrors } from '../../market.errors.js';
import {
  bandRate,
  catalogueRegions,
  catalogueType,
  catalogueTypes,
  catalogueZones,
  onDemandPrice,
  type CatalogueType,
} from '../catalogue.js';
import { HISTORY_HOURS, hourOf, hoursUntil } from '../hours.js';
import { sharesOf, stressOf } from './price-process.js';
import { signalUnder } from './signals.js';

const { floor } = Math;
const REGIONS_KEPT = 4;
const PRICE_STEPS = 10_000;

/** What a region looks like within one hour; pools are made when they are asked for. */
interface RegionHour {
  readonly hour: number;
  /** Of the history. */
  readonly first: number;
  /** The last of them is this hour. */
  readonly hours: readonly Date[];
  readonly stress: Map<string, Float64Array>;
  readonly pools: Map<string, SpotPool>;
}

/**
 * A market that needs no cloud: real machines at their real on-demand prices,
 * and spot prices that are a function of seed and time (see price-process.ts).
 * It accepts any credentials.
 */
export class SimulatedMarket extends MarketData {
  private readonly regionHours = new LRUCache<string, RegionHour>({ max: REGIONS_KEPT });

  constructor(
    private readonly seed: string,
    private readonly clock: Clock,
  ) {
    super();
  }

  async zones({ region }: MarketAccess): Promise<readonly string[]> {
    return Promise.resolve(zonesOf(region));
  }

  async instanceType({ region }: MarketAccess, name: string): Promise<InstanceType | null> {
    zonesOf(region);
    return Promise.resolve(catalogueType(name)?.type ?? null);
  }

  async pools({ region }: MarketAccess): Promise<readonly SpotPool[]> {
    const zones = zonesOf(region);
    const now = this.regionHour(region);
    return Promise.resolve(
      [...catalogueTypes()].flatMap((type) => zones.map((zone) => this.pool(now, region, zone, type))),
    );
  }

  async signal({ region }: MarketAccess, instanceId: string, instanceType?: string): Promise<InstanceSignal> {
    zonesOf(region);
    const hour = hourOf(this.clock.now());
    const family = instanceType === undefined ? undefined : catalogueType(instanceType)?.family.name;
    return Promise.resolve(signalUnder(this.seed, { region, instanceId, family, hour }));
  }

  private regionHour(region: string): RegionHour {
    const hour = hourOf(this.clock.now());
    const known = this.regionHours.get(region);
    if (known?.hour === hour) return known;
    const hours = hoursUntil(this.clock.now());
    const made: RegionHour = {
      first: hour - HISTORY_HOURS + 1,
      hour,
      hours,
      stress: new Map(),
      pools: new Map(),
    };
    this.regionHours.set(region, made);
    return made;
  }

  private pool(
    now: RegionHour,
    region: string,
    zone: string,
    { type, family, band }: CatalogueType,
  ): SpotPool {
    const key = `${zone}/${type.name}`;
    const known = now.pools.get(key);
    if (known !== undefined) return known;
    const onDemand = onDemandPrice(region, type.name) ?? '0';
    const place = { region, zone, type: type.name, family: family.name, band };
    const shares = sharesOf(this.seed, place, this.stress(now, region, family.name), now.first);
    const dollars = Number(onDemand);
    const history = now.hours.map((at, index): PricePoint => ({
      at,
      price: priceOf(dollars * (shares[index] ?? 0)),
    }));
    const pool: SpotPool = {
      type,
      availabilityZone: zone,
      spotPrice: history.at(-1)?.price ?? '0',
      onDemandPrice: onDemand,
      interruptionRate: bandRate(band),
      history,
    };
    now.pools.set(key, pool);
    return pool;
  }

  private stress(now: RegionHour, region: string, family: string): Float64Array {
    const known = now.stress.get(family);
    if (known !== undefined) return known;
    const stress = stressOf(this.seed, region, family, now.first, HISTORY_HOURS);
    now.stress.set(family, stress);
    return stress;
  }
}

function zonesOf(region: string): readonly string[] {
  const zones = catalogueZones(region);
  if (zones.length > 0) return zones;
  throw MarketErrors.unknownRegion(
    `The simulated market has ${catalogueRegions().join(', ')}; there is no ${region}.`,
  );
}

/** Rounded down, so that it is never above the on-demand price. */
function priceOf(dollars: number): string {
  return (floor(dollars * PRICE_STEPS) / PRICE_STEPS).toFixed(4);
}
