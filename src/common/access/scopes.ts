/** Everything one may be allowed to do: `resource:verb`. `admin` overrides all others. */
export const SCOPES = [
  'profile:read',
  'profile:write',
  'tokens:write',
  'files:read',
  'files:write',
  'files:delete',
  'files:manage',
  'sandbox:read',
  'sandbox:write',
  'sandbox:execute',
  'sandbox:cancel',
  'lab:read',
  'lab:write',
  'conversations:read',
  'conversations:write',
  'api-keys:read',
  'api-keys:write',
  'users:read',
  'users:manage',
  'roles:manage',
  'audit:read',
  'backups:read',
  'backups:write',
  'admin',
] as const;

export type Scope = (typeof SCOPES)[number];

const guest = ['profile:read'] as const;
const viewer = [...guest, 'files:read', 'sandbox:read', 'lab:read', 'conversations:read'] as const;
const user = [
  ...viewer,
  'profile:write',
  'files:write',
  'files:delete',
  'sandbox:write',
  'sandbox:execute',
  'conversations:write',
  'tokens:write',
] as const;
const operator = [...user, 'api-keys:read', 'api-keys:write', 'sandbox:cancel', 'users:read'] as const;
const lab = [...user, 'lab:write'] as const;

/** The roles every organisation has. Organisations add their own beside these. */
export const BUILT_IN_ROLES = { guest, viewer, user, operator, lab, admin: SCOPES } as const satisfies Record<
  string,
  readonly Scope[]
>;

export type BuiltInRole = keyof typeof BUILT_IN_ROLES;

export function isBuiltInRole(name: string): name is BuiltInRole {
  return Object.hasOwn(BUILT_IN_ROLES, name);
}

/** What a role allows: the built-in ones by code, an organisation's own by what it stored. */
export function scopesOfRole(role: string, customScopes: readonly Scope[] | null): readonly Scope[] {
  return isBuiltInRole(role) ? BUILT_IN_ROLES[role] : (customScopes ?? []);
}

/** One for all who have the role: principals are many. */
const BUILT_IN_SETS = new Map<string, ReadonlySet<Scope>>(
  Object.entries(BUILT_IN_ROLES).map(([name, scopes]) => [name, new Set(scopes)]),
);

export function scopeSetOfRole(role: string, customScopes: readonly Scope[] | null): ReadonlySet<Scope> {
  return BUILT_IN_SETS.get(role) ?? new Set(customScopes);
}

/** What a credential with scopes of its own may do in the name of somebody who holds `live`: what both allow. */
export function intersectScopes(own: readonly Scope[], live: ReadonlySet<Scope>): ReadonlySet<Scope> {
  if (own.includes('admin')) return live;
  return live.has('admin') ? new Set(own) : new Set(own.filter((scope) => live.has(scope)));
}
