import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Ranges no server of anybody's is in; link-local holds the metadata services of most clouds. */
const REFUSED_RANGES: ReadonlySet<string> = new Set([
  'unspecified',
  'broadcast',
  'multicast',
  'linkLocal',
  'reserved',
]);
/** Metadata services elsewhere: AWS over IPv6, Alibaba, Azure. */
const REFUSED_ADDRESSES: ReadonlySet<string> = new Set(['fd00:ec2::254', '100.100.100.200', '168.63.129.16']);
/** Ranges whose last four bytes are the IPv4 address that a gateway translates them to (RFC 6052, RFC 7915). */
const TRANSLATED_RANGES: ReadonlySet<string> = new Set(['rfc6052', 'rfc6145']);

/** A server elsewhere did not answer, or not in a way that can be read. The cause tells more. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
}

/**
 * For clients that bring their own transport; they connect through `outboundLookup`.
 *
 * @throws OutboundError where the URL is of a refused address itself: that is connected to without a look-up.
 */
export function mustBeAllowedAddress(url: URL): void {
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isAllowed(host)) throw new OutboundError('The address is refused');
}

/** @throws OutboundError unless it is https, or http on this machine, and of no refused address. */
export function mustBeAllowed(url: URL): URL {
  mustBeAllowedAddress(url);
  const host = hostOf(url);
  if (url.protocol === 'https:') return url;
  if (url.protocol === 'http:' && isLoopback(host)) return url;
  throw new OutboundError('The address is not https');
}

/** Finds no address that is refused, whatever a name resolves to. */
export const outboundLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first, ...others] = error === null ? addresses.filter(({ address }) => isAllowed(address)) : [];
    if (first === undefined) callback(error ?? new OutboundError('The address is refused'), '', 0);
    else if (options.all === true) callback(null, [first, ...others]);
    else callback(null, first.address, first.family);
  });
};

function isAllowed(address: string): boolean {
  const meant = meantBy(address);
  return !REFUSED_RANGES.has(meant.range()) && !REFUSED_ADDRESSES.has(meant.toString());
}

/** IPv4 in the guise of IPv6 counts as what it is: mapped, or where a gateway translates or tunnels it (RFC 3056). */
function meantBy(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray();
  if (TRANSLATED_RANGES.has(parsed.range())) return new ipaddr.IPv4(bytes.slice(12));
  if (parsed.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  return parsed;
}

function hostOf(url: URL): string {
  return url.hostname.replaceAll(/[[\]]/g, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && ipaddr.process(host).range() === 'loopback');
}
