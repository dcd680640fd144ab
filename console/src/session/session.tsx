import { useQuery, useQueryClient, type Query, type QueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, type ReactNode } from 'react';
import { api, type components } from '../api/client';
import { hasStatus } from '../api/problem';
import { ErrorState, Loading } from '../components/states';
import { prompts } from './prompts';

export type Profile = components['schemas']['ProfileDto'];
export type Scope = Profile['scopes'][number];

export const SESSION = ['session'] as const;

const Who = createContext<Profile | null>(null);

async function readProfile(signal: AbortSignal): Promise<Profile | null> {
  try {
    return (await api.GET('/api/v1/auth/profile', { signal })).data;
  } catch (error) {
    if (hasStatus(error, 401)) return null;
    throw error;
  }
}

const OTHERS = { predicate: ({ queryKey }: Query) => queryKey[0] !== SESSION[0] };

/** What one person has read is not for the next. */
function handOver(queries: QueryClient, next: Profile | null): void {
  const last = queries.getQueryData<Profile | null>(SESSION);
  if (last?.id !== next?.id) queries.removeQueries({ ...OTHERS, type: 'inactive' });
}

/** Who is signed in now. Where that is another than before, in another tab, nothing of this page is theirs. */
async function reread(queries: QueryClient, signal: AbortSignal): Promise<Profile | null> {
  const profile = await readProfile(signal);
  const last = queries.getQueryData<Profile | null>(SESSION);
  if (last && profile && last.id !== profile.id) {
    location.assign('/console/');
    return last;
  }
  handOver(queries, profile);
  return profile;
}

/** Knows who is signed in, and asks the server again when one comes back to the window. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: SESSION,
    queryFn: ({ signal }) => reread(queries, signal),
    staleTime: 30_000,
  });
  const profile = query.data;
  useEffect(() => prompts.setKnown(Boolean(profile)), [profile]);
  if (profile === undefined) {
    const retry = () => void query.refetch();
    return (
      <main className="page">
        {query.isError ? <ErrorState error={query.error} retry={retry} /> : <Loading retry={retry} />}
      </main>
    );
  }
  return <Who value={profile}>{children}</Who>;
}

/** Who is signed in; null for nobody. */
export function useWhoever(): Profile | null {
  return use(Who);
}

/** Who is signed in, on pages that nobody else sees. */
export function useProfile(): Profile {
  const profile = use(Who);
  if (profile === null) throw new Error('This page is for people who are signed in.');
  return profile;
}

export function holds(profile: Profile | null, scope: Scope | null): boolean {
  if (profile === null) return false;
  return scope === null || profile.scopes.includes('admin') || profile.scopes.includes(scope);
}

/** Whether the person may do this: what they may not is not shown. */
export function useCan(scope: Scope): boolean {
  return holds(use(Who), scope);
}

/** What a sign-in or a sign-out changes of what the console knows. */
export function useSessionChange() {
  const queries = useQueryClient();
  return {
    signedIn: (profile: Profile) => {
      prompts.setKnown(true);
      handOver(queries, profile);
      queries.setQueryData(SESSION, profile);
    },
    signedOut: () => {
      prompts.setKnown(false);
      queries.removeQueries(OTHERS);
      queries.setQueryData(SESSION, null);
    },
  };
}
