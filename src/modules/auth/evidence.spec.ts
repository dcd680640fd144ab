import { hasSecondFactor, type Proof } from './evidence.js';

it('counts as a second factor only what is one', () => {
  const each: Proof[] = ['password', 'external', 'totp', 'recovery_code', 'passkey'];
  expect(each.filter((proof) => hasSecondFactor([proof]))).toEqual(['totp', 'recovery_code', 'passkey']);
  expect(hasSecondFactor([])).toBe(false);
  expect(hasSecondFactor(['password', 'totp'])).toBe(true);
  expect(hasSecondFactor(['password', 'external'])).toBe(false);
});
