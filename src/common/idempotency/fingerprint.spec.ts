import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { fingerprintOf, type Fingerprinted } from './fingerprint.js';

const KEY = createSecretKey('granite lantern quilt 58 violet kettle', 'utf8');

const hex = (request: Partial<Fingerprinted>, key = KEY) =>
  fingerprintOf({ method: 'POST', originalUrl: '/things', headers: {}, ...request }, key).toString('hex');

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The same value with the members of every object the other way round. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

/** As the body's reader hands it over. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
const isEqual = (one: Json, other: Json) => {
  try {
    expect(one).toStrictEqual(other);
    return true;
  } catch {
    return false;
  }
};

describe('the fingerprint of a JSON body', () => {
  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(json, (body) => {
        expect(hex({ body: reversed(body) })).toBe(hex({ body }));
      }),
    );
  });

  it('differs exactly where the values differ', () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        expect(hex({ body: one }) === hex({ body: other })).toBe(isEqual(one, other));
      }),
    );
  });

  it.each<[string, Json, Json]>([
    ['a number and its text', { a: 1 }, { a: '1' }],
    ['null and nothing', { a: null }, {}],
    ['the order of a list', [1, 2], [2, 1]],
    ['nesting', { a: { b: 1 } }, { a: {}, b: 1 }],
    ['a text that looks like JSON', { a: '{"b":1}' }, { a: { b: 1 } }],
  ])('tells apart %s', (_, one, other) => {
    expect(hex({ body: one })).not.toBe(hex({ body: other }));
  });

  it('sorts objects of any size alike', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `m${(index * 7919) % 1000}`);
    const body = Object.fromEntries(names.map((name, index) => [name, index]));
    expect(hex({ body: reversed(body) })).toBe(hex({ body }));
  });

  it('takes numbers beyond all bounds, as their reader makes them', () => {
    expect(hex({ body: { a: JSON.parse('1e999') as number } })).toHaveLength(64);
  });
});

describe('the fingerprint of a request', () => {
  it('includes method, path and query', () => {
    const variants = [{}, { method: 'PUT' }, { originalUrl: '/other' }, { originalUrl: '/things?mode=url' }];
    expect(new Set(variants.map((variant) => hex(variant))).size).toBe(4);
  });

  it('of a stream takes type and length, not the boundary made anew for each attempt', () => {
    const upload = (type: string, length: string) =>
      hex({ headers: { 'content-type': type, 'content-length': length } });
    const first = upload('multipart/form-data; boundary=one', '512');
    expect(upload('Multipart/Form-Data;boundary=two', '512')).toBe(first);
    expect(upload('multipart/form-data; boundary=one', '513')).not.toBe(first);
    expect(upload('application/offset+octet-stream', '512')).not.toBe(first);
    expect(hex({ body: {} })).not.toBe(hex({}));
  });

  it('can not be computed without the secret, so it confirms no guess of a password', () => {
    const other = createSecretKey('another secret of the same make, longer', 'utf8');
    expect(hex({ body: { password: 'guess' } }, other)).not.toBe(hex({ body: { password: 'guess' } }));
  });
});
