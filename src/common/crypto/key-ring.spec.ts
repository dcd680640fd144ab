import { KEY_ID_BYTES, KeyRing } from './key-ring.js';

const [first, second, third] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string];

it('seals with the first key and finds each', () => {
  const ring = new KeyRing([first, second], 'tests');
  const other = new KeyRing([second, first], 'tests');
  expect(ring.sealing).not.toEqual(other.sealing);
  expect(ring.find(other.sealing.id)).toEqual(other.sealing);
  expect(ring.find(ring.sealing.id)).toBe(ring.sealing);
});

it('finds no key that is not listed', () => {
  const { id } = new KeyRing([third], 'tests').sealing;
  expect(() => new KeyRing([first, second], 'tests').find(id)).toThrow('does not list');
});

it('makes other keys for another purpose, and tells nothing of the secret', () => {
  const { id, bytes } = new KeyRing([first], 'tests').sealing;
  expect([id.length, bytes.length]).toEqual([KEY_ID_BYTES, 32]);
  expect(new KeyRing([first], 'other tests').sealing.bytes).not.toEqual(bytes);
  expect(bytes.includes(id)).toBe(false);
  expect(bytes.includes(first.slice(0, 8))).toBe(false);
});

it('makes the keys it always made: what was sealed stays open', () => {
  const { id, bytes } = new KeyRing([first], 'cloudkeep sealing key').sealing;
  expect([id.toString('hex'), bytes.toString('hex')]).toEqual([
    '194d5d2c',
    '828962585d743bc87a61928aee338cdf33e20e9560ce520faf1b2fb9d7ed8d06',
  ]);
});
