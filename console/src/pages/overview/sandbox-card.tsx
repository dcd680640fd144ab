import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';

const MOST = 200;

export function SandboxCard() {
  const query = useQuery({
    queryKey: ['sandbox', 'sessions', 'active'],
    queryFn: async ({ signal }) => {
      const params = { query: { limit: MOST } };
      const { items } = (await api.GET('/api/v1/sandbox/sessions', { params, signal })).data;
      return { active: items.filter(({ status }) => status === 'active').length, seen: items.length };
    },
  });
  return (
    <Card title="Sandboxes">
      <Loaded query={query}>
        {({ active, seen }) => (
          <div className="stat">
            <span className="value">{active}</span>
            <span className="muted small">
              {active === 1 ? 'active session' : 'active sessions'}
              {seen === 0 && ': none was ever opened'}
              {seen === MOST && ` of the last ${MOST}`}
            </span>
          </div>
        )}
      </Loaded>
    </Card>
  );
}
