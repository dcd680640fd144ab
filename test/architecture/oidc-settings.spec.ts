import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, readEnv } from '../../src/config/env.js';
import { OIDC_SETTINGS } from '../../src/config/oidc-issuers.js';
import { ROOT } from './source-tree.js';

const MINE = {
  PUBLIC_URL: 'https://api.example.com',
  OAUTH_REDIRECT_URIS: 'https://app.example.com/signed-in',
  OIDC_ACME_CORP_ISSUER: 'https://id.example.com/realms/acme',
  OIDC_ACME_CORP_CLIENT_ID: 'cloudkeep',
  OIDC_ACME_CORP_CLIENT_SECRET: 'of the client',
};

function faultsOf(source: Record<string, string>): readonly string[] {
  try {
    readEnv(source);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

describe('issuers of one’s own', () => {
  it('have settings that .env.example and the documentation list, with their default', () => {
    for (const file of ['.env.example', 'docs/configuration.md'])
      for (const setting of OIDC_SETTINGS)
        expect(readFileSync(join(ROOT, file), 'utf8')).toContain(`OIDC_<NAME>_${setting}`);
    const [issuer] = readEnv(MINE).oidcIssuers;
    expect(readFileSync(join(ROOT, '.env.example'), 'utf8')).toContain(`_SCOPES=${issuer?.SCOPES ?? ''}\n`);
  });

  it('are named by their settings, and may be many', () => {
    const env = readEnv({
      ...MINE,
      OIDC_B_ISSUER: 'http://localhost:8080/realms/b',
      OIDC_B_CLIENT_ID: 'b',
      OIDC_B_CLIENT_SECRET: 'b',
      OIDC_B_DISPLAY_NAME: 'Company B',
    });
    expect(env.oidcIssuers).toMatchObject([
      { name: 'acme-corp', ISSUER: MINE.OIDC_ACME_CORP_ISSUER, SCOPES: 'openid email profile' },
      { name: 'b', DISPLAY_NAME: 'Company B' },
    ]);
  });

  it.each([
    ['half of one', { OIDC_ACME_CORP_CLIENT_SECRET: '' }, /^OIDC_ACME_CORP_CLIENT_SECRET is required/],
    [
      'http elsewhere',
      { OIDC_ACME_CORP_ISSUER: 'http://id.example.com' },
      /^OIDC_ACME_CORP_ISSUER must be an https/,
    ],
    [
      'a name too long to show',
      { OIDC_ACME_CORP_DISPLAY_NAME: 'x'.repeat(65) },
      /^OIDC_ACME_CORP_DISPLAY_NAME must be shorter/,
    ],
    ['scopes without openid', { OIDC_ACME_CORP_SCOPES: 'email' }, /^OIDC_ACME_CORP_SCOPES must/],
    [
      'a name of ours',
      {
        OIDC_PROFILE_ISSUER: 'https://a.example',
        OIDC_PROFILE_CLIENT_ID: 'a',
        OIDC_PROFILE_CLIENT_SECRET: 'a',
      },
      /^OIDC_PROFILE_ISSUER uses a name that is taken/,
    ],
    ['no address of our own', { PUBLIC_URL: '' }, /^PUBLIC_URL is required to sign in with others/],
    ['an id without secret', { GITHUB_CLIENT_ID: 'a' }, /^GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET belong/],
    ['a userinfo trick', { OAUTH_REDIRECT_URIS: 'https://ok@evil.example/' }, /^OAUTH_REDIRECT_URIS must be/],
    ['a wildcard', { OAUTH_REDIRECT_URIS: 'https://*.example.com/' }, /^OAUTH_REDIRECT_URIS must be/],
    ['a script', { OAUTH_REDIRECT_URIS: 'javascript:alert(1)' }, /^OAUTH_REDIRECT_URIS must be/],
    ['http for people', { OAUTH_REDIRECT_URIS: 'http://app.example.com/' }, /^OAUTH_REDIRECT_URIS must be/],
  ])('are refused with %s', (_, change, fault) => {
    expect(faultsOf({ ...MINE, ...change })).toEqual([expect.stringMatching(fault)]);
  });

  it('may send people to applications on this machine, on phones and on the web', () => {
    const OAUTH_REDIRECT_URIS = 'https://app.example.com/cb, http://localhost:3000/cb, com.example.app:/cb';
    expect(faultsOf({ ...MINE, OAUTH_REDIRECT_URIS })).toEqual([]);
  });
});
