import { useQuery } from '@tanstack/react-query';
import { api, cloudkeep } from '../../api/client';
import { useCan } from '../../session/session';
import { USERS } from './person';

/** What somebody is called, for those who may know; the id of who is here no more. */
export function useName(id: string | null | undefined): string | null {
  const mayKnow = useCan('users:read');
  const query = useQuery({
    queryKey: [...USERS, id],
    queryFn: async ({ signal }) =>
      (await api.GET('/api/v1/users/{id}', { params: { path: { id: id ?? '' } }, signal })).data,
    enabled: mayKnow && Boolean(id),
    staleTime: 300_000,
  });
  return query.data?.username ?? id ?? null;
}

/** The id of whoever has this username or e-mail, in whatever case. @throws Error where nobody here has. */
export async function idOf(name: string): Promise<string> {
  const wanted = name.toLowerCase();
  // Of many whose names have it as a part, theirs may come late.
  const users = cloudkeep.pages('/api/v1/users', { query: { q: name, limit: 200 } });
  for await (const { id, username, email } of users)
    if ([username, email].some((own) => own.toLowerCase() === wanted)) return id;
  throw new Error(`Nobody here has the username or e-mail ${name}.`);
}
