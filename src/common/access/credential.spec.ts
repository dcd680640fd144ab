import type { Request } from 'express';
import { codeOf } from '../../../test/support/actors.js';
import { csrfCookieName, presentedCredential, sessionCookieName } from './credential.js';

const presented = (headers: Record<string, string | string[]>) =>
  presentedCredential({ headers } as unknown as Request, 'session');

it('ties cookies to the host where they are secure', () => {
  expect([true, false].map(sessionCookieName)).toEqual(['__Host-cloudkeep_session', 'cloudkeep_session']);
  expect([true, false].map(csrfCookieName)).toEqual(['__Host-cloudkeep_csrf', 'cloudkeep_csrf']);
});

it('reads a bearer token, else a key, else the cookie', () => {
  const header = (token: string) => ({ token, via: 'header' });
  expect(presented({ authorization: 'Bearer a.b-c_~+/=' })).toEqual(header('a.b-c_~+/='));
  expect(presented({ authorization: 'bearer   abc' })).toEqual(header('abc'));
  expect(presented({ 'x-api-key': 'key_1' })).toEqual(header('key_1'));
  expect(presented({ authorization: 'Bearer key_1', 'x-api-key': 'key_1' })).toEqual(header('key_1'));
  expect(presented({ cookie: 'other=1; session=abc' })).toEqual({ token: 'abc', via: 'cookie' });
  expect(presented({ cookie: 'session=abc', authorization: 'Bearer b' })).toEqual(header('b'));
});

it('finds none where there is none', () => {
  expect(presented({})).toBeNull();
  expect(presented({ cookie: 'other=1' })).toBeNull();
});

it('takes an empty key for a credential, not for its absence', () => {
  expect(presented({ 'x-api-key': '', cookie: 'session=abc' })).toEqual({ token: '', via: 'header' });
});

it.each([
  'Basic YTpi',
  'Bearer',
  'Bearer ',
  'Bearerabc',
  'Bearer a b',
  'xBearer abc',
  'Bearer abc\n',
  'Bearer "abc"',
  `Bearer ${'a'.repeat(8193)}`,
])('refuses the header "%.20s"', (authorization) => {
  expect(codeOf(() => presented({ authorization }))).toBe('credential_invalid');
});

it('reads a header as long as any of ours', () => {
  expect(presented({ authorization: `Bearer ${'a'.repeat(8192)}` })?.token).toHaveLength(8192);
});

it('refuses two that differ', () => {
  const refused = 'ambiguous_credentials';
  expect(codeOf(() => presented({ authorization: 'Bearer a', 'x-api-key': 'b' }))).toBe(refused);
  expect(codeOf(() => presented({ 'x-api-key': ['a', 'a'] }))).toBe(refused);
});
