import { createSecretKey } from 'node:crypto';
import { codeOf, StillClock } from '../../../test/support/actors.js';
import type { AppConfig, SecretsConfig } from '../../config/config.js';
import { SignedUrls } from './signed-urls.js';

function urlsOf({ secret = 's', publicUrl = null as string | null } = {}) {
  const clock = new StillClock();
  const secretKey = createSecretKey(Buffer.from(secret.repeat(32)));
  const app = { publicUrl: publicUrl === null ? null : new URL(publicUrl), port: 8080 };
  return { clock, urls: new SignedUrls({ secretKey } as SecretsConfig, app as AppConfig, clock) };
}
const { urls, clock } = urlsOf();
const EXPIRY = clock.in(60);
const url = urls.sign('GET', '/files/1/content', EXPIRY);
const query = Object.fromEntries(new URL(url).searchParams) as {
  expires: string;
  key: string;
  signature: string;
};

const verdict = (differences: object, verb: 'GET' | 'PUT' = 'GET', path = '/files/1/content', by = urls) =>
  codeOf(() => by.verify(verb, path, { ...query, ...differences }));
const INVALID = 'signature_invalid';

it('stands where clients reach us', () => {
  expect(url.split('?')[0]).toBe('http://localhost:8080/api/v1/files/1/content');
  expect([urls.home, urls.publicHome]).toEqual(['http://localhost:8080', '']);
  const homes = ['https://keep.example', 'https://keep.example/', 'https://keep.example/app//'].map(
    (publicUrl) => {
      const { home, publicHome } = urlsOf({ publicUrl }).urls;
      return home === publicHome ? home : 'two';
    },
  );
  expect(homes).toEqual(['https://keep.example', 'https://keep.example', 'https://keep.example/app']);
});

it('opens what it was signed for, until its time', () => {
  expect(query.expires).toBe(String(EXPIRY.getTime() / 1000));
  expect(query.key).toMatch(/^[0-9a-f]{8}$/);
  expect(query.signature).toMatch(/^[\w-]{43}$/);
  expect(verdict({})).toBeNull();
  clock.advance(59.999);
  expect(verdict({})).toBeNull();
  clock.advance(0.001);
  expect(verdict({})).toBe('signed_url_expired');
  clock.advance(-60);
});

it('opens nothing else', () => {
  expect(verdict({}, 'PUT')).toBe(INVALID);
  expect(verdict({}, 'GET', '/files/2/content')).toBe(INVALID);
  expect(verdict({}, 'GET', '/files/1/content/')).toBe(INVALID);
  expect(verdict({ expires: String(Number(query.expires) + 1) })).toBe(INVALID);
  expect(verdict({ expires: `${query.expires}.0` })).toBe(INVALID);
  expect(verdict({ key: '00000000' })).toBe(INVALID);
  expect(verdict({ key: undefined })).toBe(INVALID);
  expect(verdict({ expires: undefined })).toBe(INVALID);
  expect(verdict({ signature: undefined })).toBe(INVALID);
  expect(verdict({ signature: '' })).toBe(INVALID);
});

it('minds each character of its signature, also the bits that encode nothing', () => {
  const { signature } = query;
  for (let at = 0; at < signature.length; at++) {
    const other = signature[at] === 'A' ? 'B' : 'A';
    expect(verdict({ signature: signature.slice(0, at) + other + signature.slice(at + 1) })).toBe(INVALID);
  }
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const opening = Array.from(alphabet).filter(
    (last) => verdict({ signature: signature.slice(0, -1) + last }) === null,
  );
  expect(opening).toHaveLength(1);
  expect(verdict({ signature: `${signature}=` })).toBe(INVALID);
});

it('opens nothing that a server with another secret signed', () => {
  const other = urlsOf({ secret: 't' }).urls;
  expect(verdict({}, 'GET', '/files/1/content', other)).toBe(INVALID);
});

it('still opens what was signed before an upgrade', () => {
  expect(query).toEqual({
    expires: '1772366460',
    key: '84ee0039',
    signature: 'nD1hj3urNSPtv8_SdOsgv8rP8Yhf8vrLA_jC3uvyVCs',
  });
});
