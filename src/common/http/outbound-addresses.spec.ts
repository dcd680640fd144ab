import type { LookupAddress, LookupOptions } from 'node:dns';
import { mustBeAllowed, mustBeAllowedAddress, OutboundError, outboundLookup } from './outbound-addresses.js';

const allowed = (address: string) => mustBeAllowed(new URL(address)).href;

it.each([
  'https://169.254.169.254/',
  'https://[fe80::1]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[::ffff:0:a9fe:a9fe]/',
  'https://[2002:a9fe:a9fe::1]/',
  'https://[fd00:ec2::254]/',
  'https://100.100.100.200/',
  'https://168.63.129.16/',
  'https://0.0.0.0/',
  'https://[::]/',
  'https://0xa9fea9fe/',
  'https://2852039166/',
  'https://255.255.255.255/',
  'https://224.0.0.1/',
  'https://[ff02::1]/',
  'https://240.0.0.1/',
])('refuses %s, by any protocol', (address) => {
  expect(() => allowed(address)).toThrow('The address is refused');
  expect(() => mustBeAllowedAddress(new URL(address.replace('https:', 'http:')))).toThrow(OutboundError);
});

it.each([
  'http://example.com/',
  'http://10.0.0.1/',
  'ftp://127.0.0.1/',
  'file:///etc/passwd',
  'http://localhost.example/',
])('refuses %s, which is not https', (address) => {
  expect(() => allowed(address)).toThrow('The address is not https');
});

it('allows https anywhere else, and http on this machine', () => {
  for (const address of [
    'https://example.com/',
    'https://10.0.0.1/',
    'https://[2a00:1450::1]/',
    'https://[64:ff9b::808:808]/',
    'https://[2002:808:808::1]/',
    'http://localhost/',
    'http://127.0.0.1/',
    'http://[::1]/',
  ])
    expect(allowed(address)).toBe(address);
  expect(() => mustBeAllowedAddress(new URL('http://10.0.0.1/'))).not.toThrow();
});

describe('a look-up', () => {
  const found = (host: string, options: LookupOptions = {}) =>
    new Promise<[NodeJS.ErrnoException | null, string | LookupAddress[], number | undefined]>((resolve) =>
      outboundLookup(host, options, (...answer) => resolve(answer as never)),
    );

  it('finds an address, or all of them where that is asked', async () => {
    await expect(found('127.0.0.1')).resolves.toEqual([null, '127.0.0.1', 4]);
    await expect(found('::1', { all: true })).resolves.toEqual([null, [{ address: '::1', family: 6 }]]);
  });

  it('finds nothing that is refused', async () => {
    const [error, ...nothing] = await found('169.254.169.254', { all: true });
    expect([error?.name, error?.message, nothing]).toEqual([
      'OutboundError',
      'The address is refused',
      ['', 0],
    ]);
  });

  it('tells of a name that nobody has as the system does', async () => {
    const [error] = await found('nobody.invalid');
    expect(error?.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });
});
