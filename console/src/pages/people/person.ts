import type { components } from '../../api/client';
import { holds, type Profile, type Scope } from '../../session/session';

export type User = components['schemas']['UserDto'];
export type Role = components['schemas']['RoleDto'];

/** What queries of these pages are known by. */
export const USERS = ['users'] as const;
export const ROLES = ['roles'] as const;
export const INVITATIONS = ['invitations'] as const;
export const ORGANIZATION = ['organization'] as const;

/** Nobody gives, or takes from, more than they hold themselves. */
export function holdsAll(profile: Profile | null, scopes: readonly Scope[]): boolean {
  return scopes.every((scope) => holds(profile, scope));
}
