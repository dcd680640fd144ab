import { assertObjectKey, canBeginKey } from './object-key.js';

it.each([
  'a',
  'documents/report.pdf',
  'a/.../b',
  '.hidden',
  'a/..b',
  'C:/x',
  '%2e%2e/x',
  'ключ/鍵/🔑',
  'x'.repeat(255),
  `${'ü'.repeat(127)}x`,
  Array.from({ length: 4 }, () => 'x'.repeat(255)).join('/') + '/',
])('takes the key %.40s', (key) => {
  expect(() => assertObjectKey(key.replace(/\/$/, ''))).not.toThrow();
});

const SAID = {
  text: 'must be text without control characters and backslashes',
  segments: 'has no empty segments, and none that is . or ..',
  long: 'has segments of at most 255 bytes',
  whole: 'has at most 1024 bytes',
};

it.each([
  ['', SAID.segments],
  ['/', SAID.segments],
  ['/a', SAID.segments],
  ['a/', SAID.segments],
  ['a//b', SAID.segments],
  ['.', SAID.segments],
  ['a/./b', SAID.segments],
  ['..', SAID.segments],
  ['../a', SAID.segments],
  ['a/../b', SAID.segments],
  ['a/..', SAID.segments],
  ['..\\a', SAID.text],
  ['a\u0000', SAID.text],
  ['a\u001fb', SAID.text],
  ['a\nb', SAID.text],
  ['a\u007f', SAID.text],
  ['\ud800', SAID.text],
  ['x'.repeat(256), SAID.long],
  [`a/${'ü'.repeat(128)}`, SAID.long],
])('refuses the key %j', (key, said) => {
  expect(() => assertObjectKey(key)).toThrow(expect.objectContaining({ code: 'invalid_object_key' }));
  expect(() => assertObjectKey(key)).toThrow(said);
});

it('takes keys of 1,024 bytes and no more', () => {
  const long = `${'x'.repeat(203)}/`.repeat(5);
  expect(() => assertObjectKey(`${long}xxxx`)).not.toThrow();
  expect(() => assertObjectKey(`${long}xxxü`)).toThrow(SAID.whole);
});

it('knows with what a key may begin', () => {
  expect(['', 'a', 'a/', 'a/b', '..', 'ü/'].filter((prefix) => !canBeginKey(prefix))).toEqual([]);
  expect(['/', '/a', 'a//', '//', 'a\\', 'a\u0000', '\ud800'].filter(canBeginKey)).toEqual([]);
});
