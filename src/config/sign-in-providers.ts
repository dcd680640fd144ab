import type { OidcIssuer } from './oidc-issuers.js';
import type { Env, Settings } from './settings.js';

/** What is missing to sign in elsewhere; one sentence a fault. */
export function providerFaults(env: Env, issuers: readonly OidcIssuer[]): string[] {
  const pairs = (['GOOGLE', 'GITHUB', 'MICROSOFT'] as const).map((name) => ({
    name,
    id: env[`${name}_CLIENT_ID`],
    secret: env[`${name}_CLIENT_SECRET`],
  }));
  const halves = pairs
    .filter(({ id, secret }) => (id === undefined) !== (secret === undefined))
    .map(({ name }) => `${name}_CLIENT_ID and ${name}_CLIENT_SECRET belong together: give both or none`);
  if (issuers.length === 0 && pairs.every(({ id }) => id === undefined)) return halves;
  return [
    ...halves,
    ...(env.PUBLIC_URL === undefined
      ? ['PUBLIC_URL is required to sign in with others: they send people back to it']
      : []),
  ];
}

interface Client {
  /** As in our addresses and in the table of identities. */
  readonly name: string;
  readonly displayName: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface OAuthSettings extends Client {
  readonly kind: 'google' | 'github';
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly userinfoUrl: string;
}

export interface OidcSettings extends Client {
  readonly kind: 'oidc';
  readonly issuer: URL;
  readonly scopes: string;
}

export type ProviderSettings = OAuthSettings | OidcSettings;

/** Whom people may sign in with, and where they may be sent afterwards. */
export abstract class SignInProvidersConfig {
  abstract readonly providers: readonly ProviderSettings[];
  abstract readonly redirectUris: readonly URL[];
}

/** Where the console takes over; an operator need not list what is a part of this server. */
function consolePage({ PUBLIC_URL }: Env): URL[] {
  return PUBLIC_URL === undefined ? [] : [new URL('/console/signed-in', PUBLIC_URL)];
}

/** The providers that are configured, the well-known ones first. */
export function signInProvidersOf(env: Settings): SignInProvidersConfig {
  return {
    redirectUris: [...env.OAUTH_REDIRECT_URIS.map((uri) => new URL(uri)), ...consolePage(env)],
    providers: [
      ...oauth('google', 'Google', env, 'GOOGLE'),
      ...oauth('github', 'GitHub', env, 'GITHUB'),
      ...microsoft(env),
      ...env.oidcIssuers.map((issuer): OidcSettings => ({
        kind: 'oidc',
        name: issuer.name,
        displayName: issuer.DISPLAY_NAME ?? issuer.name,
        clientId: issuer.CLIENT_ID,
        clientSecret: issuer.CLIENT_SECRET,
        issuer: new URL(issuer.ISSUER),
        scopes: issuer.SCOPES,
      })),
    ],
  };
}

function oauth(
  kind: OAuthSettings['kind'],
  displayName: string,
  env: Env,
  prefix: 'GOOGLE' | 'GITHUB',
): OAuthSettings[] {
  const clientId = env[`${prefix}_CLIENT_ID`];
  const clientSecret = env[`${prefix}_CLIENT_SECRET`];
  if (clientId === undefined || clientSecret === undefined) return [];
  return [
    {
      kind,
      name: kind,
      displayName,
      clientId,
      clientSecret,
      authorizeUrl: env[`${prefix}_AUTHORIZE_URL`],
      tokenUrl: env[`${prefix}_TOKEN_URL`],
      userinfoUrl: env[`${prefix}_USERINFO_URL`],
    },
  ];
}

function microsoft(env: Env): OidcSettings[] {
  const { MICROSOFT_CLIENT_ID: clientId, MICROSOFT_CLIENT_SECRET: clientSecret } = env;
  if (clientId === undefined || clientSecret === undefined) return [];
  const issuer = new URL(`${env.MICROSOFT_AUTHORITY.replace(/\/+$/, '')}/${env.MICROSOFT_TENANT}/v2.0`);
  const scopes = 'openid email profile';
  return [
    { kind: 'oidc', name: 'microsoft', displayName: 'Microsoft', clientId, clientSecret, issuer, scopes },
  ];
}
