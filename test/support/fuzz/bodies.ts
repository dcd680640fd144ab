import fc from 'fast-check';
import type { Operation } from '../../architecture/openapi-reader.js';
import type { Case } from './cases.js';
import { KNOWN_FIELDS, type Good } from './known.js';
import type { SchemaArbitrary } from './schema-arbitrary.js';

const unit = fc.nat(255).map((code) => String.fromCharCode(code));

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

export function bodyOf(
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
