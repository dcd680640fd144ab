import { describeFault } from './fault.js';

it('keeps what an operator needs', () => {
  expect(describeFault(new Error("Can't send mail: 550 5.1.1 No such user"))).toBe(
    "Can't send mail: 550 5.1.1 No such user",
  );
  expect(describeFault(new Error('connect ECONNREFUSED 127.0.0.1:2525'))).toBe(
    'connect ECONNREFUSED 127.0.0.1:2525',
  );
  expect(describeFault(new Error('getaddrinfo ENOTFOUND smtp.mail.far-away.example.com'))).toBe(
    'getaddrinfo ENOTFOUND smtp.mail.far-away.example.com',
  );
  expect(describeFault('boom')).toBe('boom');
});

it.each([
  ['a link', '554 blocked http://localhost:8000/console/verify-email#token=abc', '554 blocked […]'],
  [
    'a link without its scheme',
    '554 at cloud.example.com/a#token=aB-_9aB-_9aB-_9aB-_9aB',
    '554 at cloud.example.com/a#[…]',
  ],
  ['a link in brackets', '554 <https://x.example/a#token=abc>', '554 […]'],
  ['a secret by itself', `554 saw ${'a1B2'.repeat(10)}=`, '554 saw […]'],
  ['addresses', '550 <ada@example.com>, <bob@example.com>: unknown', '550 [address] [address] unknown'],
  ['line breaks', '550-first\r\n550 second\u0000', '550-first 550 second'],
])('leaves out %s', (_, message, told) => {
  expect(describeFault(new Error(message))).toBe(told);
});

it('is short, and soon said, however long and odd the answer', () => {
  expect(describeFault(new Error('word '.repeat(1_000))).length).toBeLessThanOrEqual(300);
  const startedAt = performance.now();
  describeFault(new Error('!'.repeat(100_000)));
  expect(performance.now() - startedAt).toBeLessThan(500);
});
