import {
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeSpotInstanceRequestsCommand,
  type EC2Client,
  type InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import type { Clock } from '../../../../common/time/clock.js';
import type { MarketConfig } from '../../../../config/market.js';
import {
  MarketData,
  type Architecture,
  type InstanceSignal,
  type InstanceType,
  type MarketAccess,
  type SpotPool,
} from '../../market-data.port.js';
import { MarketErrors } from '../../market.errors.js';
import { catalogueRegions, catalogueTypes, onDemandPrice } from '../catalogue.js';
import { Ec2, pagesOf, type Ec2Limits } from './ec2.js';
import { SpotAdvisor } from './spot-advisor.js';
import { spotPricesOf } from './spot-prices.js';

const MIB_PER_GIB = 1_024;
const TYPES_PAGE_SIZE = 100;
/** EC2 may filter after it has cut the pages, and lists about a thousand types. */
const MOST_TYPE_PAGES = 30;

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html */
const TAKEN_BACK = /^(marked-for|instance-(terminated|stopped|hibernated))-/;
const ENDING: ReadonlySet<string> = new Set(['shutting-down', 'terminated']);

/**
 * The spot market as AWS tells it to an account: prices and machines from EC2,
 * interruptions from the spot advisor. EC2 knows no on-demand prices, so these
 * are the catalogue's, and pools of types it does not list are left out.
 */
export class AwsMarket extends MarketData {
  constructor(
    private readonly ec2: Ec2,
    private readonly advisor: SpotAdvisor,
    private readonly clock: Clock,
  ) {
    super();
  }

  static open({ ec2Endpoint, spotAdvisorUrl }: MarketConfig, clock: Clock, limits?: Ec2Limits): AwsMarket {
    return new AwsMarket(new Ec2(ec2Endpoint, limits), new SpotAdvisor(spotAdvisorUrl, clock), clock);
  }

  async zones(access: MarketAccess): Promise<readonly string[]> {
    mustKnow(access.region);
    const { AvailabilityZones: zones = [] } = await this.ec2.ask(access, (client, options) =>
      client.send(
        new DescribeAvailabilityZonesCommand({
          Filters: [
            { Name: 'zone-type', Values: ['availability-zone'] },
            { Name: 'state', Values: ['available'] },
          ],
        }),
        options,
      ),
    );
    return zones.flatMap(({ ZoneName: name }) => (name === undefined ? [] : [name])).sort();
  }

  async instanceType(access: MarketAccess, name: string): Promise<InstanceType | null> {
    mustKnow(access.region);
    const types = await this.ec2.ask(access, (client, options) => typesOf(client, options, [name]));
    return types.get(name) ?? null;
  }

  async pools(access: MarketAccess): Promise<readonly SpotPool[]> {
    const { region } = access;
    mustKnow(region);
    const instanceTypes = [...catalogueTypes()].map(({ type }) => type.name);
    const query = { instanceTypes, now: this.clock.now() };
    const [types, pools, rateOf] = await this.ec2.ask(access, (client, options) =>
      Promise.all([
        typesOf(client, options, instanceTypes),
        spotPricesOf(client, options, query),
        this.advisor.rates(),
      ]),
    );
    return pools.flatMap(({ instanceType, availabilityZone, now, history }): SpotPool[] => {
      const type = types.get(instanceType);
      const onDemand = onDemandPrice(region, instanceType);
      if (type === undefined || onDemand === undefined) return [];
      const interruptionRate = rateOf(region, instanceType);
      return [{ type, availabilityZone, spotPrice: now, onDemandPrice: onDemand, interruptionRate, history }];
    });
  }

  /** Rebalance recommendations reach only the machine itself and EventBridge, so a caller has to tell them. */
  async signal(access: MarketAccess, instanceId: string): Promise<InstanceSignal> {
    mustKnow(access.region);
    return this.ec2.ask(
      access,
      async (client, options) => {
        const { Reservations: reservations = [] } = await client.send(
          new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
          options,
        );
        const instance = reservations.flatMap(({ Instances: instances = [] }) => instances)[0];
        if (instance === undefined) throw MarketErrors.instanceNotFound(instanceId, access.region);
        if (ENDING.has(instance.State?.Name ?? '')) return 'termination';
        if (instance.InstanceLifecycle !== 'spot') return 'none';
        const { SpotInstanceRequests: requests = [] } = await client.send(
          new DescribeSpotInstanceRequestsCommand({
            Filters: [{ Name: 'instance-id', Values: [instanceId] }],
          }),
          options,
        );
        return requests.some(({ Status: status }) => TAKEN_BACK.test(status?.Code ?? ''))
          ? 'termination'
          : 'none';
      },
      instanceId,
    );
  }
}

function mustKnow(region: string): void {
  const known = catalogueRegions();
  if (known.includes(region)) return;
  throw MarketErrors.unknownRegion(`Prices are known of ${known.join(', ')}; of no region ${region}.`);
}

async function typesOf(
  client: EC2Client,
  options: { readonly abortSignal: AbortSignal },
  names: readonly string[],
): Promise<Map<string, InstanceType>> {
  const Filters = [{ Name: 'instance-type', Values: [...names] }];
  const pages = await pagesOf(MOST_TYPE_PAGES, (NextToken) =>
    client.send(
      new DescribeInstanceTypesCommand({ Filters, MaxResults: TYPES_PAGE_SIZE, NextToken }),
      options,
    ),
  );
  const types = pages.flatMap(({ InstanceTypes: infos = [] }) => infos.map(typeOf));
  return new Map(types.filter((type) => type !== null).map((type) => [type.name, type]));
}

/** Null where EC2 leaves out what we need, or it is a machine of another kind, such as a Mac. */
function typeOf({
  InstanceType: name,
  VCpuInfo,
  MemoryInfo,
  ProcessorInfo,
}: InstanceTypeInfo): InstanceType | null {
  const vcpu = VCpuInfo?.DefaultVCpus;
  const memoryMib = MemoryInfo?.SizeInMiB;
  const architecture = (['arm64', 'x86_64'] satisfies Architecture[]).find((one) =>
    ProcessorInfo?.SupportedArchitectures?.includes(one),
  );
  if (name === undefined || vcpu === undefined || memoryMib === undefined || architecture === undefined)
    return null;
  return {
    name,
    family: name.slice(0, name.indexOf('.')),
    vcpu,
    memoryGb: memoryMib / MIB_PER_GIB,
    architecture,
  };
}
