import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import { Chart } from '../../components/chart';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import type { Series } from '../../components/plot';

const EVERY_MS = 30_000;
const KINDS = [
  { field: 'requests', label: 'Calls', tone: 'accent' },
  { field: 'refused', label: 'Refused', tone: 'warn' },
  { field: 'failed', label: 'Failed', tone: 'danger' },
] as const;

export function TrafficCard() {
  const query = useQuery({
    queryKey: ['health', 'traffic'],
    queryFn: async ({ signal }) => (await api.GET('/api/v1/health/traffic', { signal })).data.items,
    refetchInterval: EVERY_MS,
  });
  return (
    <Card title="Requests and errors" about="Of the replica that answers, a minute, for the last hour.">
      <Loaded query={query}>
        {(minutes) => (
          <Chart
            label="Requests and errors a minute"
            times={minutes.map(({ at }) => Date.parse(at) / 1000)}
            series={KINDS.map(({ field, label, tone }): Series => ({
              label,
              tone,
              values: minutes.map((minute) => minute[field]),
            }))}
          />
        )}
      </Loaded>
    </Card>
  );
}
