import { isIP } from 'node:net';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/**
 * The caller's address as the trusted proxies state it (`TRUST_PROXY`), IPv4
 * written as IPv4 even on a dual-stack socket.
 */
export function clientIp(request: Request): string {
  const peer = request.socket.remoteAddress ?? '0.0.0.0';
  // Without this header no proxy has stated anything, and Express would answer the same, slowly.
  const isStated = request.headers['x-forwarded-for'] !== undefined;
  const ip = isStated ? (addressIn(request.ip ?? peer) ?? peer) : peer;
  if (ip.startsWith('::ffff:') && ip.includes('.')) return ip.slice('::ffff:'.length);
  const zone = ip.indexOf('%');
  return zone === -1 ? ip : ip.slice(0, zone);
}

/** Some proxies state the port as well (Azure Application Gateway); what is no address at all says nothing. */
const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+(?:\.\d+){3}))(?::\d+)?$/;

function addressIn(stated: string): string | null {
  const match = WITH_PORT.exec(stated);
  const address = match?.[1] ?? match?.[2] ?? stated;
  return isIP(address) === 0 ? null : withoutMapping(address);
}

/** IPv4 as IPv4, in whichever way a proxy writes it as IPv6. */
function withoutMapping(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : address;
}

const IPV6_NETWORK_GROUPS = 4;

/** What counts as one client: an IPv4 address, or the /64 a provider gives one customer. */
export function clientNetwork(ip: string): string {
  if (!ipaddr.IPv6.isValid(ip)) return ip;
  const groups = ipaddr.IPv6.parse(ip).parts.slice(0, IPV6_NETWORK_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}
