import { gzipSync } from 'node:zlib';
import { mustHold, type Attack } from '../attack.js';
import { asked, exampleOf, operationsOf, type Operation } from '../description.js';
import { SESSION } from '../sandbox.js';
import type { Target } from '../target.js';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** What no plain field takes, as it stands in JSON. */
const COMPOUND: [what: string, json: string][] = [
  ['an object', '{"$gt":""}'],
  ['a list of lists', '[[["text"]]]'],
  ['an object that poses as text', '{"length":8,"toString":"x"}'],
];
/** What no field at all takes. */
const HOSTILE: [what: string, json: string][] = [
  ['__proto__', '{"__proto__":{"role":"admin"}}'],
  ['NUL', String.raw`"abcdefgh\u0000ijkl"`],
  ['a lone surrogate', String.raw`"abcdefgh\ud800ijkl"`],
  ['deep JSON', nested(1_000)],
  ['1 MB', JSON.stringify('x'.repeat(1_000_000))],
  ['a number beyond all', '1e999'],
];

const isFault = (status: number) => status < 400 || status >= 500;

async function mustLive(target: Target, through: string[]): Promise<string[]> {
  const { status } = await target.call('GET', '//health/live');
  return status === 200 ? through : [...through, `The server is not what it was: ${status}.`];
}

const hostileFields: Attack = {
  line: 23,
  how: 'what is no text in the fields of every route',
  async run(target) {
    const { token } = await target.someone();
    const through: string[] = [];
    for (const operation of await operationsOf(target)) {
      for (const { name, what, body } of hostileBodies(operation)) {
        const answer = await asked(target, operation, { token, body });
        // Not for this caller, or not again soon.
        if (answer === null || [401, 403].includes(answer.status)) break;
        if (isFault(answer.status))
          through.push(`${operation.name} answered ${answer.status} to ${what} in ${name}.`);
      }
    }
    return mustLive(target, through);
  },
};

/** Each of what is hostile in one field of a body that is good otherwise, the next in the next field. */
function* hostileBodies(operation: Operation): Generator<{ name: string; what: string; body: string }> {
  const fields = Object.entries(operation.fields ?? {});
  const plain = fields.filter(([, { isPlain }]) => isPlain);
  const examples = Object.entries(exampleOf(operation) ?? {});
  const texts = examples.map(([field, value]) => [field, JSON.stringify(value)] as const);
  for (const [values, targets] of [[COMPOUND, plain] as const, [HOSTILE, fields] as const])
    for (const [at, [what, json]] of values.entries()) {
      const [name] = targets[at % targets.length] ?? [];
      if (name === undefined) continue;
      const members = [...texts.filter(([field]) => field !== name), [name, json] as const];
      const body = `{${members.map(([field, text]) => `${JSON.stringify(field)}:${text}`).join(',')}}`;
      yield { name, what, body };
    }
}

const BODIES: [what: string, headers: Record<string, string>, body: string | Buffer][] = [
  ['half a body', {}, '{"email":'],
  ['no object', {}, 'null'],
  ['bytes that are no text', {}, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  ['another charset than it states', { 'content-type': 'application/json; charset=utf-16' }, '{}'],
  ['a charset nobody reads', { 'content-type': 'application/json; charset=ibm500' }, '{}'],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'email=x'],
  ['no gzip', { 'content-encoding': 'gzip' }, '{}'],
  ['half a gzip', { 'content-encoding': 'gzip' }, gzipSync('{"email":"a@example.com"}').subarray(0, 20)],
  ['100,000 levels', {}, nested(100_000)],
];

/** What is hardly HTTP. */
function rawRequests({ host }: URL): [what: string, bytes: string][] {
  const get = `GET /health HTTP/1.1\r\nHost: ${host}\r\n`;
  const post = `POST /api/v1/auth/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n`;
  const last = `Host: ${host}\r\nConnection: close\r\n\r\n`;
  return [
    ['a body that ends early', `${post}Content-Length: 500\r\n\r\n{"email":"a@example.com","pass`],
    ['a chunk that ends early', `${post}Transfer-Encoding: chunked\r\n\r\n10\r\n{"email":"a`],
    ['a chunk of no size', `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ['two lengths', `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a length and chunks', `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a negative length', `${post}Content-Length: -1\r\n\r\n{}`],
    ['garbage', '\x16\x03\x01\x02\0\x01'],
    ['no version', 'GET /nowhere\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/9.9\r\n\r\n'],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
    ['a header without a name', `${get}: y\r\n\r\n`],
    ['NUL in a header', `${get}X-A: a\0b\r\n\r\n`],
    ['64 KB of headers', `${get}X-A: ${'a'.repeat(65_536)}\r\n\r\n`],
    ['an unknown method', `FROB /health HTTP/1.1\r\n${last}`],
    ['TRACE', `TRACE /api/v1/users HTTP/1.1\r\n${last}`],
    ['an absolute URL', `GET http://evil.example/x HTTP/1.1\r\n${last}`],
  ];
}

const brokenBodies: Attack = {
  line: 23,
  how: 'bodies that break off, lie about what they are or are hardly HTTP',
  async run(target) {
    const through: string[] = [];
    for (const [what, headers, body] of BODIES) {
      const { status } = await target.call('POST', '/auth/login', { headers, body });
      if (isFault(status)) through.push(`${what} got ${status}.`);
    }
    for (const [what, bytes] of rawRequests(target.url)) {
      const [, status] = /^HTTP\/1\.1 (\d+)/.exec(await target.bytes(bytes)) ?? [];
      if (status !== undefined && isFault(Number(status))) through.push(`${what} got ${status}.`);
    }
    return mustLive(target, through);
  },
};

const REGIONS = [
  '169.254.169.254',
  'x@169.254.169.254/',
  '[::ffff:a9fe:a9fe]',
  '169.254.169.254/latest?',
  'evil.example#',
];

const foreignRegions: Attack = {
  line: 24,
  how: 'hosts in the guise of a region',
  async run(target) {
    const { token } = await target.someone();
    const open = (more: object) =>
      target.call('POST', '/sandbox/sessions', { token, body: { ...SESSION, ...more } });
    const rightful = await open({});
    mustHold(rightful.status === 201, `no sandbox session could be opened (${rightful.status})`);
    await target.call('DELETE', `/sandbox/sessions/${rightful.body.id}`, { token });
    const through: string[] = [];
    for (const region of REGIONS) {
      const { status, body } = await open({ aws_region: region, availability_zone: `${region}a` });
      if (isFault(status)) through.push(`The region ${region} got ${status}.`);
      if (status === 201) await target.call('DELETE', `/sandbox/sessions/${body.id}`, { token });
    }
    return through;
  },
};

export const inputs: readonly Attack[] = [hostileFields, brokenBodies, foreignRegions];
