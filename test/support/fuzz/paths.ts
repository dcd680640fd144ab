import fc from 'fast-check';
import type { Operation } from '../../architecture/openapi-reader.js';
import { hostileText, type Fragment } from './hostile.js';
import { KNOWN_QUERY, type Good } from './known.js';
import type { SchemaArbitrary } from './schema-arbitrary.js';

export const seldom = <T, Else>(one: fc.Arbitrary<T>, otherwise: Else): fc.Arbitrary<T | Else> =>
  fc.oneof({ weight: 30, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: one });

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

export function paramsOf({ parameters = [] }: Operation, good: Good): fc.Arbitrary<Record<string, string>> {
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
