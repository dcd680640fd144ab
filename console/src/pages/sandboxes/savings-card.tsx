import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { cloudkeep, type components } from '../../api/client';
import { Chart } from '../../components/chart';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { SAVINGS } from './keys';
import { dollars } from './words';

type Day = components['schemas']['GroupedSavingsDto'];

const DAYS = 60;

async function readDays(signal: AbortSignal): Promise<readonly Day[]> {
  const days: Day[] = [];
  const query = { group: 'day', limit: DAYS } as const;
  for await (const day of cloudkeep.pages('/api/v1/sandbox/savings', { query, signal })) {
    days.push(day);
    if (days.length === DAYS) break;
  }
  return days.sort((a, b) => a.key.localeCompare(b.key));
}

/** What one's sessions have found to save, by the day. */
export function SavingsCard() {
  const query = useQuery({ queryKey: [...SAVINGS, 'days'], queryFn: ({ signal }) => readDays(signal) });
  return (
    <Card
      title="Savings over time"
      about="On-demand less spot, of your sessions’ last evaluations of each day."
    >
      <Loaded query={query}>
        {(days) =>
          days.length === 0 ? (
            <p className="muted">None yet: evaluate a machine in a session to see what spot saves.</p>
          ) : (
            <Drawing days={days} />
          )
        }
      </Loaded>
    </Card>
  );
}

function Drawing({ days }: { readonly days: readonly Day[] }) {
  // The server's days, each drawn as that day wherever the reader is.
  const times = useMemo(() => days.map(({ key }) => Date.parse(`${key}T00:00`) / 1000), [days]);
  const series = useMemo(
    () => [{ label: 'Saved an hour', tone: 'ok', values: days.map(({ hourly }) => Number(hourly)) } as const],
    [days],
  );
  return (
    <Chart
      label="Saved an hour, by day"
      times={times}
      series={series}
      kind="bars"
      reach={0.01}
      format={dollars}
    />
  );
}
