import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import { useCan } from '../../session/session';

/** What somebody is called, for those who may know; the id of who is here no more. */
export function useName(id: string | null | undefined): string | null {
  const mayKnow = useCan('users:read');
  const query = useQuery({
    queryKey: ['users', id],
    queryFn: async ({ signal }) =>
      (await api.GET('/api/v1/users/{id}', { params: { path: { id: id ?? '' } }, signal })).data,
    enabled: mayKnow && Boolean(id),
    staleTime: 300_000,
    retry: false,
  });
  return query.data?.username ?? id ?? null;
}

/** @throws Error where nobody has the name; ids are left as they are. */
export async function idOf(name: string): Promise<string> {
  if (name === '' || /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i.test(name)) return name;
  const { items } = (await api.GET('/api/v1/users', { params: { query: { q: name, limit: 200 } } })).data;
  const found = items.find(({ username, email }) => [username, email].includes(name));
  if (found === undefined) throw new Error(`Nobody here has the username or e-mail ${name}.`);
  return found.id;
}
