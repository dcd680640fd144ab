import type { Request } from 'express';
import fc from 'fast-check';
import { AppError } from '../errors/app-error.js';
import { presentedCredential } from './credential.js';

const COOKIE = 'cloudkeep_session';
const LONGEST = 8192;

const read = (headers: Record<string, string | undefined>) =>
  presentedCredential({ headers } as unknown as Request, COOKIE);

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
          const credential = read(sent);
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
        expect(read({ authorization: `Bearer ${text}`, cookie })).toEqual(expected);
        expect(read({ 'x-api-key': text, cookie })).toEqual(expected);
        expect(read({ 'x-api-key': text, authorization: `BEARER ${text}` })).toEqual(expected);
        expect(read({ cookie: `a=b; ${COOKIE}=${encodeURIComponent(text)}` })).toEqual({
          token: text,
          via: 'cookie',
        });
      }),
    );
    expect(read({ cookie: 'a=b' })).toBeNull();
  });

  it('is refused where two of them differ, and unread where it is too long', () => {
    fc.assert(
      fc.property(token, token, (one, other) => {
        fc.pre(one !== other);
        const both = { authorization: `Bearer ${one}`, 'x-api-key': other };
        expect(() => read(both)).toThrow(expect.objectContaining({ code: 'ambiguous_credentials' }));
      }),
    );
    expect(() => read({ authorization: `Bearer ${'x'.repeat(LONGEST + 1)}` })).toThrow(AppError);
  });
});
