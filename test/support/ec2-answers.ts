export interface Ec2Price {
  readonly type: string;
  readonly zone: string;
  readonly price: string;
  readonly at: Date;
  readonly product?: string;
}

export interface Ec2Type {
  readonly name: string;
  readonly vcpu: number;
  readonly memoryMib: number;
  readonly architectures: readonly string[];
}

export interface Ec2Instance {
  readonly id: string;
  readonly state: string;
  /** The status code of its spot request; null for a machine on demand. */
  readonly spot: string | null;
}

/** What the account can see. */
export interface Ec2World {
  zones: string[];
  types: Ec2Type[];
  prices: Ec2Price[];
  instances: Ec2Instance[];
}

interface Found {
  /** The element around the items, and each item. */
  readonly set: string;
  readonly items: readonly string[];
}

/** What an action answers, of all pages; or the code of its error. */
export function answerOf(
  world: Ec2World,
  action: string,
  fields: URLSearchParams,
): Found | { error: string } {
  const filters = filtersOf(fields);
  switch (action) {
    case 'DescribeAvailabilityZones':
      return { set: 'availabilityZoneInfo', items: world.zones.map(zoneXml) };
    case 'DescribeInstanceTypes':
      return {
        set: 'instanceTypeSet',
        items: world.types.filter(({ name }) => fits(filters, 'instance-type', name)).map(typeXml),
      };
    case 'DescribeSpotPriceHistory':
      return spotPricesOf(world, fields);
    case 'DescribeInstances':
      return instancesOf(world, fields.get('InstanceId.1') ?? '');
    case 'DescribeSpotInstanceRequests':
      return {
        set: 'spotInstanceRequestSet',
        items: world.instances
          .filter(({ id, spot }) => spot !== null && fits(filters, 'instance-id', id))
          .map(({ spot }) => `<status><code>${spot ?? ''}</code></status>`),
      };
    case 'CreateTags':
    case 'DeleteTags':
    case 'StopInstances':
    case 'TerminateInstances':
      return { set: 'instancesSet', items: [] };
    default:
      return { error: 'InvalidAction' };
  }
}

/** One page from `from` on, with the token of the next: EC2 writes an empty one on the last. */
export function pageOf(action: string, { set, items }: Found, from: number, most: number): string {
  const page = items.slice(from, from + most);
  const next = from + most < items.length ? String(from + most) : '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
  <${set}>${page.map((item) => `<item>${item}</item>`).join('')}</${set}>
  <nextToken>${next}</nextToken>
</${action}Response>`;
}

/** Its message names the caller, as Amazon's do. */
export function xmlError(code: string): string {
  const message = `arn:aws:iam::123456789012:user/ada is told ${code} about AKIAIOSFODNN7EXAMPLE`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>
<RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>`;
}

function instancesOf({ instances }: Ec2World, id: string): Found | { error: string } {
  if (!/^i-[0-9a-f]{8,17}$/.test(id)) return { error: 'InvalidInstanceID.Malformed' };
  const instance = instances.find((one) => one.id === id);
  if (instance === undefined) return { error: 'InvalidInstanceID.NotFound' };
  const lifecycle = instance.spot === null ? '' : '<instanceLifecycle>spot</instanceLifecycle>';
  const state = `<instanceState><code>16</code><name>${instance.state}</name></instanceState>`;
  const xml = `<instancesSet><item><instanceId>${id}</instanceId>${state}${lifecycle}</item></instancesSet>`;
  return { set: 'reservationSet', items: [xml] };
}

/** The newest first; and of each pool the last change before the start, as that is what counts at the start. */
function spotPricesOf({ prices, zones }: Ec2World, fields: URLSearchParams): Found | { error: string } {
  const zone = fields.get('AvailabilityZone');
  if (zone !== null && !zones.includes(zone)) return { error: 'InvalidParameterValue' };
  const listed = (name: string) =>
    [...fields].flatMap(([field, value]) => (field.startsWith(`${name}.`) ? [value] : []));
  const start = new Date(fields.get('StartTime') ?? 0);
  const before = new Set<string>();
  const found = prices
    .filter((price) => listed('InstanceType').includes(price.type) && price.zone === (zone ?? price.zone))
    .filter(({ product = 'Linux/UNIX' }) => listed('ProductDescription').includes(product))
    .sort((one, other) => other.at.getTime() - one.at.getTime())
    .filter((price) => {
      const pool = `${price.type} ${price.zone}`;
      return price.at >= start || (!before.has(pool) && before.add(pool));
    });
  return { set: 'spotPriceHistorySet', items: found.map(priceXml) };
}

type Filters = ReadonlyMap<string, readonly string[]>;

function filtersOf(fields: URLSearchParams): Filters {
  const filters = new Map<string, string[]>();
  for (const [field, value] of fields) {
    const [, number] = /^Filter\.(\d+)\.Value\.\d+$/.exec(field) ?? [];
    const name = number === undefined ? null : fields.get(`Filter.${number}.Name`);
    if (name !== null) filters.set(name, [...(filters.get(name) ?? []), value]);
  }
  return filters;
}

function fits(filters: Filters, name: string, value: string): boolean {
  return filters.get(name)?.includes(value) ?? true;
}

function zoneXml(name: string): string {
  return `<zoneName>${name}</zoneName><zoneState>available</zoneState>`;
}

function typeXml({ name, vcpu, memoryMib, architectures }: Ec2Type): string {
  const supported = architectures.map((one) => `<item>${one}</item>`).join('');
  return `<instanceType>${name}</instanceType><vCpuInfo><defaultVCpus>${vcpu}</defaultVCpus></vCpuInfo>
<memoryInfo><sizeInMiB>${memoryMib}</sizeInMiB></memoryInfo>
<processorInfo><supportedArchitectures>${supported}</supportedArchitectures></processorInfo>`;
}

function priceXml({ type, zone, price, at, product = 'Linux/UNIX' }: Ec2Price): string {
  return `<instanceType>${type}</instanceType><productDescription>${product}</productDescription>
<spotPrice>${price}</spotPrice><timestamp>${at.toISOString()}</timestamp><availabilityZone>${zone}</availabilityZone>`;
}
