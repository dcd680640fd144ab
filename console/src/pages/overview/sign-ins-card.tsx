import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { cloudkeep } from '../../api/client';
import { Chart } from '../../components/chart';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { useNow } from '../../components/time';
import { daysUntil, perDay } from './per-day';

const DAYS = 14;
/** What a busy fortnight may have of one kind before the chart says that it shows the newest only. */
const MOST = 600;
const KINDS = [
  { action: 'session.open', label: 'Sign-ins', tone: 'accent' },
  { action: 'login.fail', label: 'Failed sign-ins', tone: 'warn' },
  { action: 'access.deny', label: 'Denied calls', tone: 'danger' },
] as const;

interface Times {
  readonly times: readonly string[];
  readonly isCut: boolean;
}

async function readTimes(action: string, from: string, signal: AbortSignal): Promise<Times> {
  const times: string[] = [];
  const query = { action, from, limit: 200 };
  for await (const { created_at: at } of cloudkeep.pages('/api/v1/audit/logs', { query, signal })) {
    times.push(at);
    if (times.length >= MOST) return { times, isCut: true };
  }
  return { times, isCut: false };
}

export function SignInsCard() {
  const days = useDays();
  const query = useQuery({
    queryKey: ['audit', 'sign-ins', days[0]],
    queryFn: ({ signal }) => {
      const from = new Date((days[0] ?? 0) * 1000).toISOString();
      return Promise.all(KINDS.map(({ action }) => readTimes(action, from, signal)));
    },
    staleTime: 60_000,
  });
  return (
    <Card title="Sign-ins and refusals" about={`Of your organisation, a day, for ${DAYS} days.`}>
      <Loaded query={query}>{(found) => <Drawing days={days} found={found} />}</Loaded>
    </Card>
  );
}

function Drawing({ days, found }: { readonly days: readonly number[]; readonly found: readonly Times[] }) {
  const series = useMemo(
    () =>
      KINDS.map(({ label, tone }, index) => ({
        label,
        tone,
        values: perDay(days, found[index]?.times ?? []),
      })),
    [days, found],
  );
  return (
    <>
      <Chart label="Sign-ins and refusals a day" times={days} series={series} />
      {found.some(({ isCut }) => isCut) && (
        <p className="muted small">There are more than {MOST} of a kind; the newest are counted.</p>
      )}
    </>
  );
}

/** The starts of the last days in the reader's zone, in seconds; the same until midnight. */
function useDays(): readonly number[] {
  const today = new Date(useNow()).toDateString();
  return useMemo(() => daysUntil(new Date(today), DAYS), [today]);
}
