/** What each role may do, as the documentation promises it: written here by hand, so that the code can be wrong. */
const GUEST = ['profile:read'];
const VIEWER = [...GUEST, 'files:read', 'sandbox:read', 'lab:read', 'conversations:read'];
const USER = [
  ...VIEWER,
  'profile:write',
  'files:write',
  'files:delete',
  'sandbox:write',
  'sandbox:execute',
  'conversations:write',
  'tokens:write',
];
const OPERATOR = [...USER, 'api-keys:read', 'api-keys:write', 'sandbox:cancel', 'users:read'];
const LAB = [...USER, 'lab:write'];
const ADMIN = [
  ...new Set([...OPERATOR, ...LAB]),
  'users:manage',
  'roles:manage',
  'files:manage',
  'audit:read',
  'backups:read',
  'backups:write',
  'admin',
];

/** A role that an organisation made for itself, with one scope: to write, and not even to read. */
export const CUSTOM_ROLE = 'scribe';

export const ROLES: Readonly<Record<string, readonly string[]>> = {
  guest: GUEST,
  viewer: VIEWER,
  user: USER,
  operator: OPERATOR,
  lab: LAB,
  admin: ADMIN,
  [CUSTOM_ROLE]: ['conversations:write'],
};

export const EVERY_SCOPE: readonly string[] = ADMIN;
export const EVERY_READ: readonly string[] = ADMIN.filter((scope) => scope.endsWith(':read'));

export function scopesOf(role: string): readonly string[] {
  return ROLES[role] ?? [];
}

export function holds(scopes: readonly string[], scope: string): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}
