import { singleAddress } from './recipient.js';

it.each([
  'ada@example.com',
  'a.b+c_d@sub.example.co.uk',
  'root@localhost',
  'jürgen@exämple.com',
  "o'hara@example.com",
])('takes %s as it is', (address) => {
  expect(singleAddress(address)).toBe(address);
});

it.each([
  [''],
  ['nobody'],
  ['a@example.com\r\nBcc: b@example.com'],
  ['a@example.com\nRCPT TO:<b@example.com>'],
  ['a@example.com\r'],
  ['\ta@example.com'],
  ['a@example.com '],
  ['a@example.com\0'],
  ['a@example.com\u2028Bcc: b@example.com'],
  ['a@example.com,b@example.com'],
  ['a@example.com;b@example.com'],
  ['Ada <a@example.com>'],
  ['<a@example.com>'],
  ['a@example.com>,<b@example.com'],
  ['"a@b.example,c"@example.com'],
  ['(comment)a@example.com'],
  ['group: a@example.com;'],
  ['a@[127.0.0.1]'],
  ['a@b@example.com'],
  ['@example.com'],
  [`${'a'.repeat(60)}@${'b'.repeat(200)}.com`],
])('refuses %j, and does not repeat it', (address) => {
  expect(() => singleAddress(address)).toThrow(
    expect.objectContaining({
      status: 400,
      code: 'invalid_recipient',
      errors: [{ field: 'email', message: 'must be one e-mail address' }],
      detail: 'A mail goes to exactly one plain e-mail address. Nothing was sent.',
    }),
  );
});
