import { plainToInstance } from 'class-transformer';
import { IsOptional, Matches, MaxLength, MinLength, validateSync } from 'class-validator';
import { ProviderUrl } from './env.decorators.js';
import type { Env } from './settings.js';

/** The settings of one issuer; `<NAME>` is free and becomes its name in our addresses. */
export const OIDC_SETTINGS = ['ISSUER', 'CLIENT_ID', 'CLIENT_SECRET', 'SCOPES', 'DISPLAY_NAME'] as const;

const OIDC_SETTING = new RegExp(`^OIDC_([A-Z][A-Z0-9_]*?)_(${OIDC_SETTINGS.join('|')})$`);

/** Names that would hide other addresses below `/auth`, or that stand for somebody already. */
const RESERVED: ReadonlySet<string> = new Set(
  'profile verify sessions tokens providers identities exchange email mfa google github microsoft'.split(' '),
);

/** `OIDC_<NAME>_…`: an issuer of one's own. */
export class OidcIssuer {
  name!: string;
  @ProviderUrl() ISSUER!: string;
  @MinLength(1, { message: 'is required' }) CLIENT_ID!: string;
  @MinLength(1, { message: 'is required' }) CLIENT_SECRET!: string;
  @Matches(/(^| )openid( |$)/, { message: 'must be separated by blanks and hold openid' })
  SCOPES = 'openid email profile';
  @IsOptional() @MaxLength(64) DISPLAY_NAME?: string;
}

/** Whether a variable belongs to an issuer of one's own. */
export const isOidcSetting = (name: string): boolean => OIDC_SETTING.test(name);

/** Finds the issuers that an environment names. */
export function readOidcIssuers(source: NodeJS.ProcessEnv): { issuers: OidcIssuer[]; faults: string[] } {
  const groups = new Map<string, Record<string, string>>();
  for (const [setting, value] of Object.entries(source)) {
    const [, name, key] = OIDC_SETTING.exec(setting) ?? [];
    if (name === undefined || key === undefined || value === undefined || value.trim() === '') continue;
    groups.set(name, { ...groups.get(name), [key]: value });
  }
  const issuers = [...groups].map(([name, given]) =>
    plainToInstance(OidcIssuer, { ...given, name }, { exposeDefaultValues: true }),
  );
  const faults = issuers.flatMap((issuer) => faultsOf(issuer));
  return {
    issuers: issuers.map((issuer) => Object.assign(issuer, { name: addressOf(issuer.name) })),
    faults,
  };
}

function faultsOf(issuer: OidcIssuer): string[] {
  const prefix = `OIDC_${issuer.name}_`;
  const taken = RESERVED.has(addressOf(issuer.name)) ? [`${prefix}ISSUER uses a name that is taken`] : [];
  const errors = validateSync(issuer, { validationError: { target: false, value: false } });
  return [
    ...taken,
    ...errors.map(
      ({ property, constraints }) =>
        `${prefix}${property} ${Object.values(constraints ?? {})[0] ?? 'is not valid'}`,
    ),
  ];
}

function addressOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

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
export function signInProvidersOf(env: Env & { oidcIssuers: readonly OidcIssuer[] }): SignInProvidersConfig {
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
