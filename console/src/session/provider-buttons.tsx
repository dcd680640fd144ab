import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { beginElsewhere } from './elsewhere';

/** One button for each of those whom people may sign in with here; nothing where there are none. */
export function ProviderButtons() {
  const [search] = useSearchParams();
  const { data } = useQuery({
    queryKey: ['providers'],
    queryFn: async ({ signal }) => (await api.GET('/api/v1/auth/providers', { signal })).data,
    staleTime: Infinity,
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <div className="stack tight">
      {data.items.map(({ name, display_name: label, authorize_url: url }) => (
        <Button key={name} block onClick={() => void beginElsewhere(url, search.get('next'))}>
          Sign in with {label}
        </Button>
      ))}
    </div>
  );
}
