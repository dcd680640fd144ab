import type { SecretsConfig } from '../../config/config.js';
import { Sealer } from './sealer.js';

const sealerOf = (...encryptionKeys: string[]) => new Sealer({ encryptionKeys } as unknown as SecretsConfig);
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)] as [string, string];
const sealer = sealerOf(OLD);

it('opens what it sealed, for the purpose it was sealed for', () => {
  for (const text of ['', 'secret', 'Grüße 🔑'.repeat(100)])
    expect(sealer.open(sealer.seal(text, 'totp:1'), 'totp:1')).toBe(text);
  const sealed = sealer.seal('secret', 'totp:1');
  expect(() => sealer.open(sealed, 'totp:2')).toThrow();
  expect(() => sealer.open(sealed, '')).toThrow();
});

it('never seals alike twice, nor shows what it seals', () => {
  const [one, other] = [sealer.seal('secret', 'x'), sealer.seal('secret', 'x')];
  expect(one.equals(other)).toBe(false);
  expect(one.includes('secret')).toBe(false);
});

it('opens nothing of which any byte was changed, cut off or added', () => {
  const sealed = sealer.seal('secret', 'x');
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => sealer.open(changed, 'x')).toThrow();
    expect(() => sealer.open(sealed.subarray(0, at), 'x')).toThrow();
  }
  expect(() => sealer.open(Buffer.concat([sealed, Buffer.of(0)]), 'x')).toThrow();
});

it('knows at once what was never sealed', () => {
  const empty = sealer.seal('', 'x');
  expect(() => sealer.open(empty.subarray(0, -1), 'x')).toThrow('in no form that is known');
  const unknown = Buffer.concat([Buffer.of(2), empty.subarray(1)]);
  expect(() => sealer.open(unknown, 'x')).toThrow('in no form that is known');
});

it('goes on opening what a former key sealed, and seals with the new one', () => {
  const rotated = sealerOf(NEW, OLD);
  expect(rotated.open(sealer.seal('secret', 'x'), 'x')).toBe('secret');
  const sealed = rotated.seal('secret', 'x');
  expect(sealed.subarray(1, 5)).toEqual(rotated.keyId);
  expect(sealerOf(NEW).open(sealed, 'x')).toBe('secret');
  expect(() => sealer.open(sealed, 'x')).toThrow('does not list');
});

it('opens what former releases sealed', () => {
  const sealed = Buffer.from(
    'AXWQKoFg1KRBWVGDLUwU76wJ6uwyWvPLrO1fveakQPqB05Zfpot+wRo/FQudSddG6g==',
    'base64',
  );
  expect(sealer.open(sealed, 'totp:1')).toBe('JBSWY3DPEHPK3PXP');
});
