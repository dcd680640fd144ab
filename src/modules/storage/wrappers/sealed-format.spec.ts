import { KEY_ID_BYTES, KeyRing } from '../../../common/crypto/key-ring.js';
import {
  CHUNK_BYTES,
  HEADER_BYTES,
  ObjectCipher,
  openedSizeOf,
  SEALED_CHUNK_BYTES,
  sealedSizeOf,
} from './sealed-format.js';

const keys = new KeyRing(['k'.repeat(32)], 'tests');
const FIRST = { number: 0, isLast: false };
const chunk = Buffer.from('the bytes');

describe('an object’s cipher', () => {
  const cipher = ObjectCipher.fresh(keys, 'documents/a');
  const again = (objectKey = 'documents/a', ring = keys) => ObjectCipher.of(cipher.header, ring, objectKey);

  it('opens what it sealed, later as well', () => {
    const sealed = cipher.seal(chunk, FIRST);
    expect(sealed.length).toBe(chunk.length + 16);
    expect(again().open(sealed, FIRST)).toEqual(chunk);
    expect(again().open(cipher.seal(Buffer.alloc(0), FIRST), FIRST)).toEqual(Buffer.alloc(0));
  });

  it('opens a chunk nowhere but in its place', () => {
    const sealed = cipher.seal(chunk, FIRST);
    expect(() => cipher.open(sealed, { number: 1, isLast: false })).toThrow();
    expect(() => cipher.open(sealed, { number: 0, isLast: true })).toThrow();
    expect(() => again('documents/b').open(sealed, FIRST)).toThrow();
    expect(() => ObjectCipher.fresh(keys, 'documents/a').open(sealed, FIRST)).toThrow();
  });

  it('seals each chunk under a nonce of its own, as far as objects go', () => {
    const numbers = [0, 1, 255, 256, 65_536, 2 ** 32, 2 ** 40];
    const places = numbers.flatMap((number) => [false, true].map((isLast) => ({ number, isLast })));
    const sealed = new Set(places.map((place) => cipher.seal(chunk, place).toString('hex')));
    expect(sealed.size).toBe(places.length);
  });

  it('opens nothing of which a byte was changed or cut off', () => {
    const sealed = cipher.seal(chunk, FIRST);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => cipher.open(changed, FIRST)).toThrow();
      expect(() => cipher.open(sealed.subarray(0, at), FIRST)).toThrow();
    }
    expect(() => cipher.open(Buffer.alloc(15), FIRST)).toThrow('It ends within a chunk');
    expect(() => cipher.open(Buffer.alloc(16), FIRST)).not.toThrow('It ends within a chunk');
  });

  it('begins with its mark, the key’s id and a salt of its own', () => {
    const { header } = cipher;
    expect(header.length).toBe(HEADER_BYTES);
    expect(header.subarray(0, 4)).toEqual(Buffer.from([0x43, 0x4b, 0x53, 1]));
    expect(header.subarray(4, 4 + KEY_ID_BYTES)).toEqual(keys.sealing.id);
    expect(ObjectCipher.fresh(keys, 'documents/a').header).not.toEqual(header);
  });

  it('is none of what is not sealed, or by a key that is not listed', () => {
    const unsealed = 'It does not begin as a sealed object does';
    const { header } = cipher;
    const unmarked = Buffer.concat([Buffer.from('CKS\u0002'), header.subarray(4)]);
    for (const other of [
      unmarked,
      header.subarray(0, -1),
      Buffer.concat([header, Buffer.of(0)]),
      Buffer.alloc(0),
    ])
      expect(() => ObjectCipher.of(other, keys, 'a')).toThrow(unsealed);
    expect(() => again('a', new KeyRing(['x'.repeat(32)], 'tests'))).toThrow('does not list');
  });

  it('opens what former releases sealed', () => {
    const [header, sealed] = [
      'Q0tTASx8ve+g0zMPbYPLTLEzia0/GjiKko+MxOCuvso=',
      '2GjGk+BZG0lPUXF+tyd6f14N/TunKR/Crg==',
    ].map((text) => Buffer.from(text, 'base64')) as [Buffer, Buffer];
    expect(ObjectCipher.of(header, keys, 'documents/a').open(sealed, { number: 7, isLast: true })).toEqual(
      chunk,
    );
  });
});

it('knows the sizes of objects, sealed and open', () => {
  const sizes = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 10 * CHUNK_BYTES + 5];
  const chunks = [1, 1, 1, 1, 2, 2, 11];
  expect(SEALED_CHUNK_BYTES).toBe(CHUNK_BYTES + 16);
  for (const [at, size] of sizes.entries()) {
    expect(sealedSizeOf(size)).toBe(HEADER_BYTES + size + (chunks[at] ?? 0) * 16);
    expect(openedSizeOf(sealedSizeOf(size))).toBe(size);
  }
});

it('knows sizes that no sealed object has', () => {
  const full = HEADER_BYTES + SEALED_CHUNK_BYTES;
  for (const size of [0, HEADER_BYTES, HEADER_BYTES + 1, HEADER_BYTES + 15, full + 1, full + 15, full + 16])
    expect(() => openedSizeOf(size)).toThrow('It ends within a chunk');
});
