import { Decimal } from 'decimal.js';
import type { InstanceType } from '../market-data.port.js';
import { FAMILIES, REGIONS, type Family, type InterruptionBand, type Size } from './catalogue-data.js';

/** How much of a `large` each size is. */
const SHARES: Readonly<Record<Size, number>> = {
  small: 0.25,
  medium: 0.5,
  large: 1,
  xlarge: 2,
  '2xlarge': 4,
  '4xlarge': 8,
  '8xlarge': 16,
};
const HOME = 'us-east-1';
const PRICE_DECIMALS = 5;

/** The upper ends of the advisor's bands; the last is open and counts as a quarter. */
const BAND_RATES = [0.05, 0.1, 0.15, 0.2, 0.25] as const;

export interface CatalogueType {
  readonly type: InstanceType;
  readonly family: Family;
  readonly band: InterruptionBand;
}

const TYPES: ReadonlyMap<string, CatalogueType> = new Map(
  FAMILIES.flatMap((family) =>
    family.sizes.map((size) => [`${family.name}.${size}`, typeOf(family, size)] as const),
  ),
);
const pricesByRegion = new Map<string, ReadonlyMap<string, string>>();

/** Every type it knows, families together. */
export function catalogueTypes(): Iterable<CatalogueType> {
  return TYPES.values();
}

export function catalogueType(name: string): CatalogueType | undefined {
  return TYPES.get(name);
}

/** The regions it knows prices of. */
export function catalogueRegions(): readonly string[] {
  return Object.keys(REGIONS);
}

/** The zones of a region it knows, such as `eu-west-1a`; none of any other. */
export function catalogueZones(region: string): readonly string[] {
  const letters = Object.hasOwn(REGIONS, region) ? (REGIONS[region]?.zones ?? '') : '';
  return [...letters].map((letter) => `${region}${letter}`);
}

/** US dollars an hour on demand, an exact decimal; undefined where it knows none. */
export function onDemandPrice(region: string, name: string): string | undefined {
  return pricesOf(region).get(name);
}

/** The share of machines interrupted in a month that a band stands for, 0 to 1; null where there is no such band. */
export function bandRate(band: number): number | null {
  return BAND_RATES[band] ?? null;
}

function typeOf(family: Family, size: Size): CatalogueType {
  const share = SHARES[size];
  // A burstable machine has two vCPUs however small; a medium of the others has one.
  const vcpu = Math.max(family.priceClass === 't' ? 2 : 1, share * 2);
  const band = (share >= SHARES['4xlarge'] ? Math.min(family.band + 1, 4) : family.band) as InterruptionBand;
  const type: InstanceType = {
    name: `${family.name}.${size}`,
    family: family.name,
    vcpu,
    memoryGb: family.memoryGb * share,
    architecture: family.architecture,
  };
  return { type, family, band };
}

function pricesOf(region: string): ReadonlyMap<string, string> {
  const known = pricesByRegion.get(region);
  if (known !== undefined) return known;
  if (!Object.hasOwn(REGIONS, region)) return new Map();
  const prices = new Map(
    [...TYPES.values()].map(({ type, family }) => [type.name, priceOf(region, family, type)]),
  );
  pricesByRegion.set(region, prices);
  return prices;
}

function priceOf(region: string, family: Family, { name }: InstanceType): string {
  const size = name.slice(name.indexOf('.') + 1) as Size;
  const [here = '0', home = '1'] = [region, HOME].map((where) => REGIONS[where]?.prices[family.priceClass]);
  return new Decimal(family.price)
    .times(here)
    .div(home)
    .toDecimalPlaces(PRICE_DECIMALS)
    .times(SHARES[size])
    .toDecimalPlaces(PRICE_DECIMALS)
    .toFixed();
}
