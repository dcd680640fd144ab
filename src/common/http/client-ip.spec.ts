import type { Request } from 'express';
import { clientIp, clientNetwork } from './client-ip.js';

/** As Express has it; `ip` is what the trusted proxies state. */
function ipOf(peer: string | undefined, ip?: string): string {
  const headers = ip === undefined ? {} : { 'x-forwarded-for': 'whatever' };
  return clientIp({ socket: { remoteAddress: peer }, headers, ip } as Request);
}

describe('the address of a caller', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '::ffff:c000:201'],
    ['2001:db8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['64::ffff:192.0.2.1', '64::ffff:192.0.2.1'],
    [undefined, '0.0.0.0'],
  ])('is the one that calls: %s is %s', (peer, expected) => {
    expect(ipOf(peer)).toBe(expected);
  });

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:db8::9]:4711', '2001:db8::9'],
    ['[2001:db8::9]', '2001:db8::9'],
    ['2001:db8::9', '2001:db8::9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:203.0.113.9', '203.0.113.9'],
    ['::ffff:cb00:7109', '203.0.113.9'],
  ])('is what a trusted proxy states: %s is %s', (stated, expected) => {
    expect(ipOf('10.0.0.1', stated)).toBe(expected);
  });

  it.each([
    'unknown',
    '_hidden',
    '',
    '203.0.113.9:',
    '203.0.113.9:port',
    'x203.0.113.9',
    '[203.0.113.9',
    '[x]:1',
    '1.2.3.4.5:80',
    '203.0.113.9:80x',
  ])('is the proxy’s where what it states is none: "%s"', (stated) => {
    expect(ipOf('10.0.0.1', stated)).toBe('10.0.0.1');
  });

  it('is the peer’s where nobody states another', () => {
    const request = { socket: { remoteAddress: '10.0.0.1' }, headers: {}, ip: '203.0.113.9' };
    expect(clientIp(request as Request)).toBe('10.0.0.1');
    expect(clientIp({ ...request, headers: { 'x-forwarded-for': 'x' }, ip: undefined } as never)).toBe(
      '10.0.0.1',
    );
  });
});

it('counts a /64 as one client, and an IPv4 address for itself', () => {
  const networks = ['192.0.2.1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::', '2001:db8:1:3::', 'no:address'];
  expect(networks.map(clientNetwork)).toEqual([
    '192.0.2.1',
    '2001:db8:1:2::/64',
    '2001:db8:1:2::/64',
    '2001:db8:1:3::/64',
    'no:address',
  ]);
});
