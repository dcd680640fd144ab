import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'react-router';
import { api } from '../api/client';
import { Button } from '../components/button';
import { beginElsewhere } from './elsewhere';

interface ProviderButtonsProps {
  /** These alone, by name; all where not given. */
  readonly only?: readonly string[];
  /** Where to go on once signed in; the page one is on where not given. */
  readonly next?: string | null;
  /** Beneath them, where there are any. */
  readonly about?: string;
}

/** One button for each of those whom people may sign in with here; nothing where there are none. */
export function ProviderButtons({ only, next, about }: ProviderButtonsProps) {
  const { pathname, search } = useLocation();
  const { data } = useQuery({
    queryKey: ['providers'],
    queryFn: async ({ signal }) => (await api.GET('/api/v1/auth/providers', { signal })).data,
    staleTime: Infinity,
  });
  const offered = (data?.items ?? []).filter(({ name }) => only?.includes(name) ?? true);
  if (offered.length === 0) return null;
  const after = next === undefined ? pathname + search : next;
  return (
    <div className="stack tight">
      {offered.map(({ name, display_name: label, authorize_url: url }) => (
        <Button key={name} block onClick={() => void beginElsewhere(url, after)}>
          Sign in with {label}
        </Button>
      ))}
      {about !== undefined && <p className="muted small">{about}</p>}
    </div>
  );
}
