import fc from 'fast-check';

/** Any that text may have: fast-check's own `binary` takes seconds to think of them all. */
export const anyCharacter = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

/**
 * JSON as text, so that it may hold what no value in JavaScript does: `__proto__`,
 * names twice, numbers of any size. `"{{name}}"` in it stands for a value that is
 * only known, or only made, when it is sent.
 */
export type Fragment = string;

export const fragment = (value: unknown): Fragment => JSON.stringify(value ?? null);

/** Text of so many characters, made when it is sent: what is kept of a failure stays short. */
export const long = (length: number) => `{{long_${length}}}`;

const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udc00\ud800',
  '\ufeff',
  '\u202e',
  '\u0130\u0131',
  'null',
  'NaN',
  '-Infinity',
  '1e999',
  '0x10',
  '../../etc/passwd',
  '%00',
  "' OR 1=1 --",
  '$1',
  '{{x}}',
  '<script>',
  '__proto__',
  'constructor',
  'toString',
  '=1+1',
  '0000-00-00',
  '9999-12-31T23:59:59-23:59',
  '2024-02-30',
  'https://169.254.169.254/',
  '00000000-0000-0000-0000-000000000000',
];

const RAW: Fragment[] = [
  '1e999',
  '-1e999',
  '-0',
  '1e-400',
  '0.1',
  '12345678901234567890',
  '9007199254740993',
  '2147483648',
  '-1',
  'true',
  'false',
  'null',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"$gt":""}',
  '{"length":8,"toString":"x","valueOf":1}',
  '{"then":1}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"a":1,"a":2}',
  '"{{deep_40}}"',
  '"{{deep_2000}}"',
  '"{{list_6000}}"',
  '"\\ud800"',
];

/** What is in no field of ours, or in few. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: anyCharacter, maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(300, 5_000, 70_000, 900_000).map(long) },
);

export const hostileFragment: fc.Arbitrary<Fragment> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...RAW) },
  { weight: 3, arbitrary: hostileText.map(fragment) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
);

/** What comes in the place of a body of JSON. */
export const hostileBody: fc.Arbitrary<string> = fc.oneof(
  hostileFragment,
  fc.constantFrom(
    '',
    ' ',
    '{',
    '{"a":',
    '[1,',
    '\ufeff{}',
    '{"a":1}}',
    "{'a':1}",
    '{"a":\u2028}',
    'undefined',
  ),
  fc.constantFrom(
    '{"__proto__":{"role":"admin"}}',
    '{"a":"\\u0000"}',
    '{"\\u0000":1}',
    '{"":1}',
    '{"\\ud800":1}',
  ),
);

/** What stands for something that is made when it is sent, and needs nobody to make it. */
export function standing(name: string): Fragment | null {
  const [, what, count] = /^(long|deep|list)_(\d+)$/.exec(name) ?? [];
  const many = Number(count);
  if (what === 'long') return fragment('x'.repeat(many));
  if (what === 'deep') return '['.repeat(many) + ']'.repeat(many);
  return what === 'list' ? `[${'0,'.repeat(many)}0]` : null;
}
