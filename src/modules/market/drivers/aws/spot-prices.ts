import {
  DescribeSpotPriceHistoryCommand,
  type EC2Client,
  type _InstanceType as InstanceType,
  type SpotPrice,
} from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import type { PricePoint } from '../../market-data.port.js';
import { hoursUntil } from '../hours.js';
import { pagesOf } from './ec2.js';

const PRODUCT = 'Linux/UNIX';
/** Types asked for together, and how many such questions run at once: EC2 throttles an account as a whole. */
const TYPES_TOGETHER = 25;
const AT_ONCE = 4;
const PAGE_SIZE = 1_000;
/** Of one question; a week of 25 types in six zones is about ten. EC2 tells the newest first. */
const MOST_PAGES = 20;

/** What one pool cost: `now`, and in each full hour of the last 7 days that is known. */
export interface PoolPrices {
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly now: string;
  readonly history: readonly PricePoint[];
}

export interface PriceQuery {
  readonly instanceTypes: readonly string[];
  readonly now: Date;
}

/**
 * Prices of the pools of these types; a pool nobody sells is not among them.
 *
 * @param query its types are ones that EC2 has.
 */
export async function spotPricesOf(
  client: EC2Client,
  options: { readonly abortSignal: AbortSignal },
  query: PriceQuery,
): Promise<PoolPrices[]> {
  const hours = hoursUntil(query.now);
  const limit = pLimit(AT_ONCE);
  const ask = async (types: readonly string[]) => {
    const request = {
      InstanceTypes: types as InstanceType[],
      ProductDescriptions: [PRODUCT],
      StartTime: hours[0],
      EndTime: query.now,
      MaxResults: PAGE_SIZE,
    };
    const pages = await pagesOf(MOST_PAGES, (NextToken) =>
      client.send(new DescribeSpotPriceHistoryCommand({ ...request, NextToken }), options),
    );
    return pages.flatMap((page) => page.SpotPriceHistory ?? []);
  };
  const answers = chunksOf(query.instanceTypes).map((types) => limit(() => ask(types)));
  return byPool((await Promise.all(answers)).flat(), hours);
}

/** EC2 tells changes; what counts is what was in force. */
function inForce(changes: readonly PricePoint[], hours: readonly Date[]): PricePoint[] {
  const history: PricePoint[] = [];
  let next = 0;
  for (const at of hours) {
    while ((changes[next]?.at.getTime() ?? Infinity) <= at.getTime()) next++;
    const last = changes[next - 1];
    if (last !== undefined) history.push({ at, price: last.price });
  }
  return history;
}

function chunksOf(types: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(types.length / TYPES_TOGETHER) }, (_, index) =>
    types.slice(index * TYPES_TOGETHER, (index + 1) * TYPES_TOGETHER),
  );
}

function byPool(entries: readonly SpotPrice[], hours: readonly Date[]): PoolPrices[] {
  const changesByPool = new Map<string, PricePoint[]>();
  for (const { InstanceType: type, AvailabilityZone: zone, SpotPrice: price, Timestamp: at } of entries) {
    if (type === undefined || zone === undefined || at === undefined || !isPrice(price)) continue;
    const key = `${type} ${zone}`;
    const changes = changesByPool.get(key);
    if (changes === undefined) changesByPool.set(key, [{ at, price }]);
    else changes.push({ at, price });
  }
  return [...changesByPool].map(([key, changes]) => {
    const [instanceType = '', availabilityZone = ''] = key.split(' ');
    const ordered = changes.sort((one, other) => one.at.getTime() - other.at.getTime());
    const now = ordered.at(-1)?.price ?? '0';
    return { instanceType, availabilityZone, now, history: inForce(ordered, hours) };
  });
}

function isPrice(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,9}(\.\d{1,9})?$/.test(text) && Number(text) > 0;
}
