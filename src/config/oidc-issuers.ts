import { plainToInstance } from 'class-transformer';
import { IsOptional, Matches, MaxLength, MinLength, validateSync } from 'class-validator';
import { firstMessage, ProviderUrl } from './env.decorators.js';

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
      ({ property, constraints }) => `${prefix}${property} ${firstMessage(constraints, property)}`,
    ),
  ];
}

function addressOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
