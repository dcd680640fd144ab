import fc from 'fast-check';
import { decimalNumber } from './decimal-number.js';

const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.stringMatching(/^[0-9]{0,9}$/))
  .map(([whole, rest]) => (rest === '' ? String(whole) : `${whole}.${rest}`));

it('reads every text as Number does', () => {
  const odd = ['', '.', '1.', '.5', '-0.1', '1e3', '1.2.3', ' 1', '0x10', 'NaN', 'Infinity', '1,5', '٣'];
  for (const text of [...odd, '0', '0.0416', '0.1', '123456789012345678.9']) {
    expect([text, decimalNumber(text)]).toEqual([text, Number(text)]);
  }
  fc.assert(fc.property(decimal, (text) => Object.is(decimalNumber(text), Number(text))));
  fc.assert(fc.property(fc.string(), (text) => Object.is(decimalNumber(text), Number(text))));
});
