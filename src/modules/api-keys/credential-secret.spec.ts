import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { isWellFormedSecret, looksLikeSecret, maskOf, newSecret } from './credential-secret.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** As whoever knows the format makes it. */
function withChecksum(text: string): string {
  let digits = '';
  for (let rest = crc32(text); digits.length < 6; rest = Math.floor(rest / 62))
    digits = ALPHABET.charAt(rest % 62) + digits;
  return text + digits;
}

describe('a secret', () => {
  it('has its kind, 43 random characters and 6 of checksum', () => {
    expect(newSecret('pat')).toMatch(/^pat_[0-9A-Za-z]{49}$/);
    expect(newSecret('api_key')).toMatch(/^key_[0-9A-Za-z]{49}$/);
    expect(isWellFormedSecret(newSecret('pat'))).toBe(true);
  });

  it('is never the same twice and uses the whole alphabet', () => {
    const secrets = Array.from({ length: 500 }, () => newSecret('pat'));
    expect(new Set(secrets).size).toBe(secrets.length);
    expect(new Set(secrets.map((secret) => secret.slice(5, 47)).join('')).size).toBe(ALPHABET.length);
  });

  it('keeps its format: tokens of former releases stay good', () => {
    const made = `pat_${'0'.repeat(43)}2GjXJC`;
    expect(isWellFormedSecret(made)).toBe(true);
    expect(isWellFormedSecret(made.replace('pat_', 'key_'))).toBe(false);
  });

  it('mistyped by one character, anywhere, is known as such', () => {
    const secret = newSecret('api_key');
    for (let position = 0; position < secret.length; position++) {
      for (const other of `${ALPHABET}_-é`) {
        if (other === secret[position]) continue;
        expect(isWellFormedSecret(secret.slice(0, position) + other + secret.slice(position + 1))).toBe(
          false,
        );
      }
    }
  });

  it('with a character lost, doubled or swapped with its neighbour is known as such', () => {
    const secret = newSecret('pat');
    for (let i = 0; i < secret.length; i++) {
      const [before, at, after] = [secret.slice(0, i), secret.slice(i, i + 1), secret.slice(i + 1)];
      expect(isWellFormedSecret(before + after)).toBe(false);
      expect(isWellFormedSecret(before + at + at + after)).toBe(false);
      const swapped = before + after.slice(0, 1) + at + after.slice(1);
      if (swapped !== secret) expect(isWellFormedSecret(swapped)).toBe(false);
    }
  });

  it('is nothing of another shape, though its checksum be right', () => {
    const random = '0'.repeat(43);
    expect(isWellFormedSecret(withChecksum(`pat_${random}`))).toBe(true);
    for (const text of [
      `xyz_${random}`,
      `xpat_${random}`,
      `pat_${random}0`,
      `pat_${random.slice(1)}`,
      `pat_-${random.slice(1)}`,
    ])
      expect(isWellFormedSecret(withChecksum(text))).toBe(false);
  });

  it('is not any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => !isWellFormedSecret(text)));
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => !isWellFormedSecret(`pat_${text}`)));
  });

  it('presents itself by its prefix', () => {
    expect(['pat_', 'pat_x', 'key_x'].filter(looksLikeSecret)).toHaveLength(3);
    expect(['eyJhbGci', 'PAT_', '', 'x pat_', 'xkey_x'].filter(looksLikeSecret)).toEqual([]);
  });

  it('shows three characters at either end', () => {
    expect(maskOf('pat_abcdefghijklmnopqrstuvwxyz')).toBe('pat_abc...xyz');
  });
});
