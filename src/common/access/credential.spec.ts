import type { Request } from 'express';
import fc from 'fast-check';
import { AppError } from '../errors/app-error.js';
import { codeOf } from '../../../test/support/actors.js';
import { csrfCookieName, presentedCredential, sessionCookieName } from './credential.js';

const COOKIE = 'session';
const LONGEST = 8192;

const presented = (headers: Record<string, string | string[] | undefined>) =>
  presentedCredential({ headers } as unknown as Request, COOKIE);

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

/** What a header of HTTP can hold. */
const header = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
    maxLength: 60,
  }),
  fc.constantFrom(
    'Bearer',
    'Bearer ',
    'bearer  x',
    'Basic YTpi',
    'Bearer a b',
    `Bearer ${'x'.repeat(LONGEST + 1)}`,
  ),
);
const token = fc.stringMatching(/^[\w\-.~+/=]{1,60}$/);
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

describe('the credential of a request', () => {
  it('is one text, none, or refused, whatever its headers say', () => {
    const headers = fc.record({
      authorization: maybe(
        fc.oneof(
          header,
          token.map((text) => `Bearer ${text}`),
        ),
      ),
      'x-api-key': maybe(fc.oneof(header, token)),
      cookie: maybe(
        fc.oneof(
          header,
          header.map((text) => `${COOKIE}=${text}`),
          fc.constant(`${COOKIE}=%ff%`),
        ),
      ),
    });
    fc.assert(
      fc.property(headers, (sent) => {
        try {
          const credential = presented(sent);
          if (credential === null) return;
          expect(typeof credential.token).toBe('string');
          const isCookie = sent.authorization === undefined && sent['x-api-key'] === undefined;
          expect(credential.via).toBe(isCookie ? 'cookie' : 'header');
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect([400, 401]).toContain((error as AppError).status);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is what was put in, wherever that was', () => {
    fc.assert(
      fc.property(token, header, (text, cookie) => {
        const expected = { token: text, via: 'header' };
        expect(presented({ authorization: `Bearer ${text}`, cookie })).toEqual(expected);
        expect(presented({ 'x-api-key': text, cookie })).toEqual(expected);
        expect(presented({ 'x-api-key': text, authorization: `BEARER ${text}` })).toEqual(expected);
        expect(presented({ cookie: `a=b; ${COOKIE}=${encodeURIComponent(text)}` })).toEqual({
          token: text,
          via: 'cookie',
        });
      }),
    );
    expect(presented({ cookie: 'a=b' })).toBeNull();
  });

  it('is refused where two of them differ, and unread where it is too long', () => {
    fc.assert(
      fc.property(token, token, (one, other) => {
        fc.pre(one !== other);
        const both = { authorization: `Bearer ${one}`, 'x-api-key': other };
        expect(() => presented(both)).toThrow(expect.objectContaining({ code: 'ambiguous_credentials' }));
      }),
    );
    expect(() => presented({ authorization: `Bearer ${'x'.repeat(LONGEST + 1)}` })).toThrow(AppError);
  });
});
