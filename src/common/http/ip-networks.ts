import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Without leading zeros: PostgreSQL takes none in that of IPv6. */
const BITS = /\/(0|[1-9]\d{0,2})$/;

/**
 * Whether a text is an address or a network as PostgreSQL reads it, which knows
 * neither zones nor the shorthand "127.1".
 */
export function isAddressOrNetwork(value: unknown): value is string {
  if (typeof value !== 'string' || value.includes('%')) return false;
  const [address] = value.split('/', 1) as [string];
  return isIP(address) !== 0 && (!value.includes('/') || (BITS.test(value) && ipaddr.isValidCIDR(value)));
}

/** A set of addresses, stated as addresses and networks (CIDR) of either family. */
export class IpNetworks {
  private readonly listed = new BlockList();

  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address, bits] = network.split('/') as [string, string?];
      const family = familyOf(address);
      if (bits === undefined) this.listed.addAddress(address, family);
      else this.listed.addSubnet(address, Number(bits), family);
    }
  }

  includes(ip: string): boolean {
    return this.listed.check(ip, familyOf(ip));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
