import { codeOf } from '../../../test/support/actors.js';
import type { SignInProvidersConfig } from '../../config/sign-in-providers.js';
import { Redirects } from './redirects.js';

const LISTED = ['https://app.example/done?from=cloudkeep', 'https://other.example/'];
const redirectsTo = (...uris: string[]) =>
  new Redirects({ redirectUris: uris.map((uri) => new URL(uri)) } as unknown as SignInProvidersConfig);
const redirects = redirectsTo(...LISTED);

it('takes what is listed, and the first where nothing is wanted', () => {
  for (const uri of LISTED) expect(redirects.mustAllow(uri).href).toBe(uri);
  expect(redirects.mustAllow(undefined).href).toBe(LISTED[0]);
  expect(redirects.mustAllow('HTTPS://OTHER.EXAMPLE:443').href).toBe(LISTED[1]);
  expect(codeOf(() => redirectsTo().mustAllow(undefined))).toBe('redirect_uri_refused');
});

it('hands out a copy: what is listed stays as it is', () => {
  redirects.mustAllow(undefined).searchParams.set('code', 'secret');
  expect(redirects.mustAllow(undefined).href).toBe(LISTED[0]);
});

it.each([
  '',
  '//other.example/',
  '/',
  'https:/\\other.example/',
  'https://other.example\\',
  ' https://other.example/',
  'https://other.example/\n',
  'https://oth\ter.example/',
  'http://other.example/',
  'https://other.example:444/',
  'https://other.example.evil/',
  'https://evil.other.example/',
  'https://user@other.example/',
  'https://user:password@other.example/',
  'https://other.example@evil.example/',
  'https://other.example/#fragment',
  'https://other.example/?query',
  'https://other.example/path',
  'https://app.example/done',
  'https://app.example/done?from=cloudkeep&more=1',
  'https://APP.example/DONE?from=cloudkeep',
  'javascript:alert(1)',
])('refuses "%s"', (wanted) => {
  expect(codeOf(() => redirects.mustAllow(wanted))).toBe('redirect_uri_refused');
});
