import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { idempotencyKeyOf } from './idempotency-key.js';

const read = (...values: string[]) =>
  idempotencyKeyOf({
    headersDistinct: values.length === 0 ? {} : { 'idempotency-key': values },
  } as unknown as IncomingMessage);

it('is null without the header', () => {
  expect(read()).toBeNull();
});

it('is the same plain and as a quoted string, whatever it holds', () => {
  const text = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)),
    minLength: 1,
    maxLength: 255,
  });
  fc.assert(
    fc.property(text, (key) => {
      expect(read(`"${key.replaceAll(/["\\]/g, '\\$&')}"`)).toBe(key);
      if (!key.startsWith('"')) expect(read(key)).toBe(key);
    }),
  );
});

it.each([
  ['empty', ['']],
  ['empty in quotes', ['""']],
  ['too long', ['k'.repeat(256)]],
  ['too long in quotes', [`"${'k'.repeat(256)}"`]],
  ['with a control character', ['a\tb']],
  ['beyond ASCII', ['clé']],
  ['with an open quote', ['"abc']],
  ['with something after its end', ['"abc";q=1']],
  ['with a quote inside', ['"a"b"']],
  ['with a wrong escape', ['"a\\b"']],
  ['sent twice', ['a', 'a']],
])('is refused %s, and the header named', (_, values) => {
  expect(() => read(...values)).toThrow(
    expect.objectContaining({ status: 400, errors: [expect.objectContaining({ field: 'Idempotency-Key' })] }),
  );
});
