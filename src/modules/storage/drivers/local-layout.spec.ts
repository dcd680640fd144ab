import { isAbsolute, normalize } from 'node:path';
import fc from 'fast-check';
import { codeOf } from '../../../../test/support/actors.js';
import { keyAt, partOf, placeOf, SHARD } from './local-layout.js';

/** The key again, as whoever walks through the folders finds it. */
function found(path: string): string | null {
  const [, , ...names] = path.split('/');
  const name = names.pop() ?? '';
  return keyAt(
    path,
    names.map((folder) => partOf(folder) ?? 'none of ours'),
    name,
  );
}

it('lays a key out for good: what former releases stored is found', () => {
  const { folder, path } = placeOf('documents/report.pdf');
  expect([folder, path]).toEqual(['bb/4d', 'bb/4d/documents%2Freport.pdf']);
});

it('spreads objects over folders', () => {
  const folders = new Set(Array.from({ length: 2_000 }, (_, of) => placeOf(`documents/${of}`).folder));
  expect(folders.size).toBeGreaterThan(1_900);
});

it('divides a long name among folders, and marks where it goes on', () => {
  const key = `${'x'.repeat(200)}${'y'.repeat(50)}`;
  const { folder, path } = placeOf(key);
  expect(path.split('/').slice(2)).toEqual([`${'x'.repeat(200)}~`, `~${'y'.repeat(50)}`]);
  expect(path.startsWith(`${folder}/`)).toBe(true);
  expect(placeOf('x'.repeat(200)).path.split('/')).toHaveLength(3);
});

it('takes no rest of a name for the folder above', () => {
  const { path } = placeOf(`${'x'.repeat(200)}..`);
  expect(path.split('/').slice(-1)).toEqual(['~..']);
});

it('writes in ASCII, and whatever a shell or another system may mind encoded', () => {
  const name = placeOf("it's (a) 'test'!*~ü").path.split('/').at(-1);
  expect(name).toBe('it%27s%20%28a%29%20%27test%27%21%2a%7e%C3%BC');
});

it('leaves the folder of the store with no key there is, and finds each again', () => {
  const segment = fc
    .string({
      unit: fc.constantFrom('.', '~', '%', '2', 'f', 'ü', '🔑', ':', ' ', 'x'.repeat(90)),
      minLength: 1,
      maxLength: 3,
    })
    .filter((text) => text !== '.' && text !== '..' && Buffer.byteLength(text) < 256);
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), (segments) => {
      const key = segments.join('/');
      const { path, folder } = placeOf(key);
      expect(isAbsolute(path) || normalize(path) !== path).toBe(false);
      expect(path).toMatch(/^[0-9a-f]{2}\/[0-9a-f]{2}\/[\w./%~-]+$/);
      expect(path.split('/').filter((name) => name === '..' || name === '.' || name.length > 201)).toEqual(
        [],
      );
      expect(
        folder
          .split('/')
          .slice(2)
          .every((name) => name.endsWith('~')),
      ).toBe(true);
      expect(found(path)).toBe(key);
    }),
  );
});

it('has no place for what is no key', () => {
  for (const key of ['', '..', 'a/../b', '/a', 'a\u0000'])
    expect(codeOf(() => placeOf(key))).toBe('invalid_object_key');
});

it('tells files that others put there from objects', () => {
  const { path, folder } = placeOf('a');
  expect(keyAt(path, [], 'a')).toBe('a');
  expect(keyAt(`00/00/a`, [], 'a')).toBeNull();
  expect(keyAt(`${folder}/b`, [], 'b')).toBeNull();
  expect(keyAt(`${folder}/%E0%A4%A`, [], '%E0%A4%A')).toBeNull();
  expect(keyAt(`${folder}/..`, [], '..')).toBeNull();
});

it('knows its folders', () => {
  expect([partOf('abc~'), partOf('~'), partOf('abc'), partOf('')]).toEqual(['abc', '', null, null]);
  expect(['00', 'ff', 'a9'].every((name) => SHARD.test(name))).toBe(true);
  expect(['0', 'fff', 'FF', 'g0', '', 'x00', '00x', '..'].some((name) => SHARD.test(name))).toBe(false);
});
