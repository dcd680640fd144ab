import { useMemo } from 'react';
import { api, type components } from '../../api/client';
import { Badge, type Tone } from '../../components/badge';
import { Chart } from '../../components/chart';
import { DataTable, type Column } from '../../components/data-table';
import { Card } from '../../components/page';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { usePages } from '../../components/use-pages';
import type { History } from './history';
import { historyKey } from './keys';
import { DecisionBadge, dollars, percent } from './words';

type Action = components['schemas']['ActionDto'];

export function HistoryCards({ history }: { readonly history: History }) {
  const { decisions, savings } = history;
  const risk = useMemo(() => [...decisions].reverse(), [decisions]);
  const prices = useMemo(() => [...savings].reverse(), [savings]);
  if (decisions.length === 0) return null;
  return (
    <div className="grid halves">
      <Card title="Crash probability" about="Of the pool the machine is in, at each evaluation.">
        <RiskChart decisions={risk} />
      </Card>
      <Card title="Prices and savings" about="Dollars an hour, at each evaluation.">
        <PriceChart savings={prices} />
      </Card>
    </div>
  );
}

const secondsOf = (at: string) => Date.parse(at) / 1000;

function RiskChart({ decisions }: { readonly decisions: History['decisions'] }) {
  const [times, series] = useMemo(() => {
    const values = decisions.map(({ crash_probability: p }) => p);
    return [
      decisions.map(({ at }) => secondsOf(at)),
      [{ label: 'Crash probability', tone: 'danger', values } as const],
    ];
  }, [decisions]);
  return <Chart label="Crash probability over time" times={times} series={series} format={percent} />;
}

function PriceChart({ savings }: { readonly savings: History['savings'] }) {
  const [times, series] = useMemo(
    () => [
      savings.map(({ created_at: at }) => secondsOf(at)),
      [
        {
          label: 'On-demand',
          tone: 'warn',
          values: savings.map((one) => Number(one.on_demand_price)),
        } as const,
        { label: 'Spot', tone: 'info', values: savings.map((one) => Number(one.spot_price)) } as const,
        { label: 'Saved', tone: 'ok', values: savings.map((one) => Number(one.hourly)) } as const,
      ],
    ],
    [savings],
  );
  return (
    <Chart label="Prices and savings over time" times={times} series={series} reach={0.01} format={dollars} />
  );
}

const TONES: Readonly<Record<Action['status'], Tone>> = {
  pending: 'info',
  done: 'ok',
  failed: 'danger',
  skipped: 'plain',
};
const KINDS: Readonly<Record<Action['kind'], string>> = {
  decision: 'Decided',
  create_tags: 'Tagged the machine',
  stop_instance: 'Stopped the machine',
  terminate_instance: 'Terminated the machine',
  delete_tags: 'Removed its tags',
};

const columns: readonly Column<Action>[] = [
  { header: 'When', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  {
    header: 'What',
    cell: ({ kind, details: { decision } }) => (
      <span className="row">
        {KINDS[kind]}
        {typeof decision === 'string' && <DecisionBadge of={decision} />}
      </span>
    ),
  },
  { header: 'Status', cell: ({ status }) => <Badge tone={TONES[status]}>{status}</Badge> },
  {
    header: 'Why',
    cell: ({ problem, details: { reason } }) => problem ?? (typeof reason === 'string' ? reason : '–'),
  },
];

/** What was decided and done, the newest first. */
export function ActionsCard({ sessionId: id }: { readonly sessionId: string }) {
  const pages = usePages<Action>([...historyKey(id), 'actions'], async (cursor, signal) => {
    const params = { path: { id }, query: { limit: 20, ...cursor } };
    return (await api.GET('/api/v1/sandbox/sessions/{id}/actions', { params, signal })).data;
  });
  return (
    <Card title="Actions" about="What was decided, and what was done about it.">
      <DataTable
        label="Actions"
        columns={columns}
        pages={pages}
        idOf={(action) => action.id}
        empty={
          <EmptyState title="Nothing yet">Decisions are listed here, with what came of them.</EmptyState>
        }
      />
    </Card>
  );
}
