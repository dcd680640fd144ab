import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import type { Operation } from '../../architecture/openapi-reader.js';
import { hostileText, type Fragment } from './hostile.js';
import { GOOD, KNOWN_FIELDS, KNOWN_QUERY, type Good } from './known.js';
import { SchemaArbitrary } from './schema-arbitrary.js';

const unit = fc.nat(255).map((code) => String.fromCharCode(code));

/** One request, as data: what is in braces twice is filled in when it is sent. */
export interface Case {
  /** `get /api/v1/files/{id}` */
  readonly route: string;
  /** A verb it is sent with instead of its own. */
  readonly verb?: string;
  readonly caller: string;
  /** As they stand in the path. */
  readonly params: Readonly<Record<string, string>>;
  /** As it stands after the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of characters up to 255 where it is bytes. */
  readonly body?: { readonly type: string; readonly text: string; readonly isBytes?: boolean };
}

/** An operation of the document, by the name cases have for it. */
export interface Target {
  readonly route: string;
  readonly operation: Operation;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options'];

export function targetsOf(document: OpenAPIObject): Target[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => ({
      route: `${method} ${path}`,
      operation: (item as Record<string, unknown>)[method] as Operation,
    })),
  );
}

/** Callers by how often they ask. */
const CALLERS: [string, number][] = [
  ['access token', 16],
  ['session cookie', 2],
  ['session cookie without its proof', 1],
  ['personal token', 2],
  ['read-only personal token', 1],
  ['API key as bearer', 2],
  ['API key in X-API-Key', 1],
  ['user', 2],
  ['none', 2],
  ['ended session', 1],
  ['revoked personal token', 1],
  ['expired', 1],
  ['mangled', 1],
];

const seldom = <T, Else>(one: fc.Arbitrary<T>, otherwise: Else): fc.Arbitrary<T | Else> =>
  fc.oneof({ weight: 30, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: one });

/** Every request there could be of a route. */
export function casesOf(document: OpenAPIObject, { route, operation }: Target): fc.Arbitrary<Case> {
  const schemas = new SchemaArbitrary(document);
  const good = GOOD[route] ?? {};
  const callers = good.callers ?? CALLERS;
  return fc.record(
    {
      route: fc.constant(route),
      verb: seldom(fc.constantFrom('get', 'post', 'put', 'patch', 'delete', 'options', 'head'), undefined),
      caller: fc.oneof(...callers.map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) }))),
      params: paramsOf(operation, good),
      query: queryOf(schemas, operation, good),
      headers: headersOf(operation, good),
      ...bodyOf(schemas, operation, good),
    },
    { noNullPrototype: true },
  ) as fc.Arbitrary<Case>;
}

const encoded = (text: string) =>
  encodeURIComponent(text.toWellFormed()).replaceAll(/%7B%7B(\w+)%7D%7D/g, '{{$1}}');

const ODD_PARAMS = [
  '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '{{own_id}}',
  '%00',
  '%ff',
  '%2e%2e%2f%2e%2e',
  '..;',
  '-1',
  '0',
  '99999999999',
  'me',
  '__proto__',
  '%F0%9F%A6%8A',
  '{{long_300}}',
  'admin',
];

function paramsOf({ parameters = [] }: Operation, good: Good): fc.Arbitrary<Record<string, string>> {
  const odd = fc.oneof(
    fc.constantFrom(...ODD_PARAMS),
    hostileText.map(encoded).filter((text) => /^[^./]/.test(text)),
  );
  const names = parameters.filter(({ in: where }) => where === 'path').map(({ name }) => name);
  const model = names.map((name) => {
    const real = good.params?.[name] ?? `{{path_${name}}}`;
    return [name, fc.oneof({ weight: 8, arbitrary: fc.constant(real) }, { weight: 1, arbitrary: odd })];
  });
  return fc.record(Object.fromEntries(model) as Record<string, fc.Arbitrary<string>>, {
    noNullPrototype: true,
  });
}

const base64 = (text: string) => Buffer.from(text).toString('base64url');
const ID = '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11';
/** Positions in lists of every order there is, and what looks like one. */
const CURSORS = [
  ...[ID, ID.toUpperCase(), `${ID}'`, '2026-01-31', '2026-13-45', 'deadbeefdead', '----------', '0', '7'],
  ...[
    '999999999999999',
    '-1',
    `1795219200000:${ID}`,
    `999999999999999:${ID}`,
    `x:${ID}`,
    `1:${ID}:x`,
    'theme',
    '\0',
  ],
].map(base64);

const ODD_QUERIES = [
  'limit=1&limit=2',
  'limit[]=1',
  'limit[a]=1',
  '__proto__[polluted]=1',
  'constructor=1',
  'x=%ff',
  'x=%00',
  'q=%ED%A0%80',
  'unknown=1',
  '=&=&',
  '&&&',
  '%',
  'cursor=',
  'cursor=a&cursor=b',
];

/** A query: what is on the right of the question mark. */
export function queryOf(
  schemas: SchemaArbitrary,
  { parameters = [] }: Operation,
  good: Good,
): fc.Arbitrary<string> {
  const queries = parameters.filter(({ in: where }) => where === 'query');
  const one = queries.map(({ name, schema }) => {
    const known = KNOWN_QUERY[name];
    const plain = (text: Fragment) => encoded(text.startsWith('"') ? (JSON.parse(text) as string) : text);
    const valid =
      known === undefined ? schemas.valid(schema).map(plain) : fc.constantFrom(...known).map(encoded);
    const value = fc.oneof(
      { weight: 6, arbitrary: name === 'cursor' ? fc.constantFrom(...CURSORS) : valid },
      { weight: 1, arbitrary: schemas.near(schema).map(plain) },
      { weight: 1, arbitrary: hostileText.map(encoded) },
    );
    return [name, value.map((text) => `${name}=${text}`)];
  });
  const model = Object.fromEntries(one) as Record<string, fc.Arbitrary<string>>;
  const required = queries.filter((parameter) => (parameter as { required?: boolean }).required === true);
  const some = fc.record(model, { requiredKeys: required.map(({ name }) => name), noNullPrototype: true });
  const pairs = fc.oneof(
    { weight: 2, arbitrary: fc.constant(good.query ?? '') },
    {
      weight: good.query === undefined ? 6 : 1,
      arbitrary: some.map((given) => Object.values(given).join('&')),
    },
  );
  const odd = fc.oneof(
    fc.constantFrom(...ODD_QUERIES),
    hostileText.map((text) => `${encoded(text).slice(0, 200)}=1`),
  );
  return fc.tuple(pairs, seldom(odd, '')).map((parts) => parts.filter((part) => part !== '').join('&'));
}

/** What HTTP lets a header hold. */
const headerText = (text: string) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').trim();

const ANY_HEADERS: Record<string, readonly string[]> = {
  accept: ['text/html', 'application/xml;q=0', '*/*', 'text/event-stream', ''],
  range: [
    'bytes=0-1',
    'bytes=-1',
    'bytes=9-',
    'bytes=0-0,2-3',
    'bytes=',
    'items=0-1',
    'bytes=99999999999999999999-',
  ],
  'if-match': ['*', '"x"', 'W/"x"', '{{etag}}'],
  'if-none-match': ['*', '"x"', ', ,', '{{etag}}'],
  'if-range': ['"x"', 'Wed, 21 Oct 2015 07:28:00 GMT', 'yesterday'],
  'if-modified-since': ['Wed, 21 Oct 2099 07:28:00 GMT', 'x'],
  'x-request-id': ['abc', 'a b', '{{long_300}}', '\xff'],
  'x-forwarded-for': ['203.0.113.7', '::1', 'x', '1.2.3.4, , ::ffff:1.2.3.4'],
  origin: ['https://evil.example', 'null', ''],
  'accept-encoding': ['gzip', 'identity;q=0, *;q=0', 'x'],
  'content-encoding': ['gzip', 'br', 'x'],
  'idempotency-key': ['"a', '', '{{long_300}}', 'one', '{{fresh}}', '"\\""'],
  authorization: [
    'Bearer',
    'Basic YTpi',
    'Bearer a.b.c',
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    'Bearer pat_x',
    '\xff',
  ],
  'x-api-key': ['key_x', '', 'x'.repeat(9000)],
  cookie: ['cloudkeep_session=x', 'cloudkeep_session=%ff', '; ;=;'],
  'x-http-method-override': ['DELETE'],
  'user-agent': ['', '{{long_5000}}', '\xe9'],
  'x-csrf-token': ['x'],
  'last-event-id': ['0', '-1', 'x', '99999999999999999999'],
  'upload-offset': ['0', '5', '-1', '1e3', '9007199254740993', 'x'],
  'upload-length': ['0', '5', '-1', '1e99', '99999999999999', 'x'],
  'upload-metadata': [
    'filename eC50eHQ=',
    'filename',
    'x',
    '__proto__ eA==',
    'filename eC50eHQ=,metadata e30=,x',
  ],
  'upload-defer-length': ['1', '2'],
  'upload-concat': ['partial', 'final;/api/v1/files/tus/x'],
  'tus-resumable': ['1.0.0', '0.2.2', ''],
};

function headersOf({ parameters = [] }: Operation, good: Good): fc.Arbitrary<Record<string, string>> {
  const own = parameters.filter(({ in: where }) => where === 'header').map(({ name }) => name.toLowerCase());
  const names = [...own, ...own, ...own, ...Object.keys(ANY_HEADERS)];
  const odd = fc.constantFrom(...names).chain((name) =>
    fc
      .oneof(
        { weight: 3, arbitrary: fc.constantFrom(...(ANY_HEADERS[name] ?? [''])) },
        {
          weight: 1,
          arbitrary: hostileText.map((text) => headerText(text).replace(/long_\d+/, 'long_4000')),
        },
      )
      .map((value): [string, string] => [name, headerText(value)]),
  );
  const amount = fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(odd, { maxLength: 2 }) },
  );
  return amount.map((more) => ({ ...good.headers, ...Object.fromEntries(more) }));
}

const ODD_TYPES = [
  'application/json; charset=latin1',
  'application/json; charset=utf-16',
  'application/json;;',
  'application/merge-patch+json',
  'text/plain',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary="a b"',
  'application/x-www-form-urlencoded',
  '*/*',
  'x',
];

function bodyOf(
  schemas: SchemaArbitrary,
  { requestBody }: Operation,
  good: Good,
): { body?: fc.Arbitrary<Case['body']> } {
  const [content] = Object.entries(requestBody?.content ?? {});
  if (content === undefined) return {};
  const [type, { schema }] = content;
  const types = fc.oneof(
    { weight: 30, arbitrary: fc.constant(type) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_TYPES) },
  );
  if (type === 'application/json') {
    const texts = schemas.body(schema, { ...KNOWN_FIELDS, ...good.fields });
    return { body: fc.record({ type: types, text: texts }, { noNullPrototype: true }) };
  }
  const { bodies = ['Hello'] } = good;
  const bytes = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...bodies) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...bodies), fc.nat(), fc.string({ unit, maxLength: 4 }))
        .map(spoilt),
    },
    { weight: 1, arbitrary: fc.string({ unit, maxLength: 60 }) },
  );
  const typed = types.map((one) => (one === 'multipart/form-data' ? 'multipart/form-data; boundary=b' : one));
  return {
    body: fc.record(
      { type: typed, text: bytes.map(latin), isBytes: fc.constant(true) },
      { noNullPrototype: true },
    ),
  };
}

/** With something put in the place of what is there. */
function spoilt([text, at, put]: [string, number, string]): string {
  const position = at % (text.length + 1);
  return text.slice(0, position) + put + text.slice(position + put.length);
}

const latin = (text: string) => text.replaceAll(/[^\0-\xff]/g, '?');
