import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import { useWhoever } from '../../session/session';
import { holdsAll, ROLES, type Role } from './person';

/** Every role there is here, the built-in ones first. */
export function useRoles() {
  return useQuery({
    queryKey: ROLES,
    queryFn: async ({ signal }) => (await api.GET('/api/v1/roles', { signal })).data.items,
  });
}

/** Those one may give: they hold at most what one holds. */
export function useGivableRoles(): readonly Role[] {
  const profile = useWhoever();
  return (useRoles().data ?? []).filter(({ scopes }) => holdsAll(profile, scopes));
}
