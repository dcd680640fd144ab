import { digestOf, randomSecret } from './secrets.js';

it('makes secrets of 43 characters, never the same', () => {
  const secrets = Array.from({ length: 100 }, randomSecret);
  for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
  expect(new Set(secrets).size).toBe(secrets.length);
});

it('keeps the SHA-256 of a secret (FIPS 180-4)', () => {
  expect(digestOf('abc').toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
