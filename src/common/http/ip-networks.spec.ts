import { IpNetworks, isAddressOrNetwork } from './ip-networks.js';

it('tells an address or a network from other texts, as PostgreSQL does', () => {
  const good = ['10.1.2.3', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/0'];
  const bad = [
    '',
    'localhost',
    '127.1',
    '10.0.0.0/33',
    '2001:db8::/129',
    '2001:db8::/032',
    '::/00',
    '10.0.0.0/',
    '/8',
    'fe80::1%eth0',
    '1.2.3.4/8/8',
    7,
    null,
  ];
  expect(good.filter((text) => !isAddressOrNetwork(text))).toEqual([]);
  expect(bad.filter((value) => isAddressOrNetwork(value))).toEqual([]);
});

it('includes what is listed and nothing else', () => {
  const networks = new IpNetworks(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32', '::1']);
  const inside = ['10.1.0.0', '10.1.255.255', '192.0.2.7', '2001:db8:ffff::1', '::1', '::ffff:10.1.2.3'];
  const outside = ['10.2.0.0', '192.0.2.8', '2001:db9::1', '::2', '', 'localhost', '10.1.0.0/16'];
  expect(inside.filter((ip) => !networks.includes(ip))).toEqual([]);
  expect(outside.filter((ip) => networks.includes(ip))).toEqual([]);
});
