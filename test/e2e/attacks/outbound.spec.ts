import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Attack } from '../../../attack/attack.js';
import { mustHold } from '../../../attack/attack.js';
import * as ec2 from '../../../src/common/aws/ec2-clients.js';
import * as addresses from '../../../src/common/http/outbound-addresses.js';
import * as outbound from '../../../src/common/http/outbound.js';
import { attacked } from '../../support/attacked.js';
import { weakenedCopy, type Copy, type Mutation } from '../../support/weakened.js';

/** The code that asks other servers. */
type Guard = typeof addresses & typeof outbound & typeof ec2;

/** Of metadata services and of nobody, in every way to write them. */
const REFUSED = [
  '169.254.169.254',
  '169.254.170.2',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '169.254.43518',
  '[fe80::1]',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::1]',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '168.63.129.16',
  '0.0.0.0',
  '[::]',
];

const refusalOf = (work: () => unknown): string => {
  try {
    work();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

const namedAddresses: Attack<Guard> = {
  line: 24,
  how: 'addresses of metadata services, in every way to write them',
  run(guard) {
    const through: string[] = [];
    mustHold(
      refusalOf(() => guard.mustBeAllowedAddress(new URL('https://10.0.0.1/'))) === '',
      'nobody is asked',
    );
    for (const host of REFUSED) {
      if (refusalOf(() => guard.mustBeAllowedAddress(new URL(`https://${host}/`))) === '')
        through.push(`https://${host}/ is let through.`);
      const limits = { connectMs: 1, requestMs: 1, attempts: 1 };
      if (refusalOf(() => new guard.Ec2Clients(`http://${host}/`, limits)) === '')
        through.push(`http://${host}/ is taken for an endpoint of AWS.`);
    }
    return Promise.resolve(through);
  },
};

const namesThatLeadThere: Attack<Guard> = {
  line: 24,
  how: 'names that resolve to metadata services',
  async run({ outboundLookup }) {
    const found = (host: string) =>
      new Promise<string | null>((resolve) =>
        outboundLookup(host, {}, (error, address) => resolve(error === null ? (address as string) : null)),
      );
    mustHold((await found('127.0.0.1')) === '127.0.0.1', 'nothing is found');
    const through: string[] = [];
    // What is an address already resolves to itself, as a name of a hostile zone would to it.
    for (const host of REFUSED.map((one) => one.replaceAll(/[[\]]/g, ''))) {
      const address = await found(host);
      if (address !== null) through.push(`${host} is found at ${address}.`);
    }
    return through;
  },
};

const redirects: Attack<Guard> = {
  line: 24,
  how: 'a server that redirects elsewhere',
  async run({ outboundFetch }) {
    let asked = 0;
    const inside = await listening(
      createServer((_, response) => void response.end(`secret ${(asked += 1)}`)),
    );
    const outside = await listening(
      createServer((_, response) => void response.writeHead(302, { location: urlOf(inside) }).end()),
    );
    try {
      const { status } = await outboundFetch(urlOf(outside));
      mustHold(asked > 0 || status === 302, `the server answered ${status}`);
      return asked > 0 ? ['A redirect was followed.'] : [];
    } finally {
      for (const server of [inside, outside]) server.close();
    }
  },
};

const listening = (server: Server) =>
  new Promise<Server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

/** A defence of each attack, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    // 24: any address may be asked.
    file: 'src/common/http/outbound-addresses.js',
    from: 'return !REFUSED_RANGES.has(meant.range()) && !REFUSED_ADDRESSES.has(meant.toString());',
    to: 'return true;',
  },
  {
    // 24: redirects are followed.
    file: 'src/common/http/outbound.js',
    from: "span?.set({ 'http.response.status_code'",
    to: "if (answer.headers.location) return exchange(new URL(answer.headers.location), options);\n    span?.set({ 'http.response.status_code'",
  },
];

let copy: Copy;
beforeAll(() => {
  copy = weakenedCopy(WEAKENED);
});
afterAll(() => copy.remove());

attacked(
  [namedAddresses, namesThatLeadThere, redirects],
  () => ({ ...addresses, ...outbound, ...ec2 }),
  () => ({
    ...(copy.load('common/http/outbound-addresses.js') as typeof addresses),
    ...(copy.load('common/http/outbound.js') as typeof outbound),
    ...(copy.load('common/aws/ec2-clients.js') as typeof ec2),
  }),
);
