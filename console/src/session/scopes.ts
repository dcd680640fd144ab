import { holds, type Profile, type Scope } from './session';

/** Every scope there is, under what it is about. A new one of the API does not compile until it is here. */
const WORDS: Readonly<Record<Scope, readonly [resource: string, deed: string]>> = {
  'files:read': ['Files', 'see and download'],
  'files:write': ['Files', 'upload and change'],
  'files:delete': ['Files', 'move to the trash'],
  'files:manage': ['Files', 'those of everybody'],
  'sandbox:read': ['Sandbox', 'see'],
  'sandbox:write': ['Sandbox', 'prepare'],
  'sandbox:execute': ['Sandbox', 'run'],
  'sandbox:cancel': ['Sandbox', 'stop what others run'],
  'lab:read': ['Lab', 'see'],
  'lab:write': ['Lab', 'change'],
  'conversations:read': ['Conversations', 'read'],
  'conversations:write': ['Conversations', 'write'],
  'profile:read': ['Profile', 'see'],
  'profile:write': ['Profile', 'change'],
  'tokens:write': ['Tokens and keys', 'make and revoke own tokens'],
  'api-keys:read': ['Tokens and keys', 'see service keys'],
  'api-keys:write': ['Tokens and keys', 'make and change service keys'],
  'users:read': ['People', 'see'],
  'users:manage': ['People', 'invite, change and remove'],
  'roles:manage': ['People', 'change roles'],
  'audit:read': ['Operation', 'read the audit trail'],
  'backups:read': ['Operation', 'see backups'],
  'backups:write': ['Operation', 'make and restore backups'],
  admin: ['Everything', 'whatever there is, now and later'],
};

interface ScopeGroup {
  readonly resource: string;
  readonly scopes: readonly { readonly scope: Scope; readonly deed: string }[];
}

/** What somebody holds, and can therefore give to a token or a role, by what it is about. */
export function scopesToGive(profile: Profile): ScopeGroup[] {
  const groups = new Map<string, { scope: Scope; deed: string }[]>();
  for (const [scope, [resource, deed]] of Object.entries(WORDS) as [Scope, [string, string]][]) {
    if (!holds(profile, scope)) continue;
    groups.set(resource, [...(groups.get(resource) ?? []), { scope, deed }]);
  }
  return [...groups].map(([resource, scopes]) => ({ resource, scopes }));
}
