import { useMemo } from 'react';
import { api } from '../../api/client';
import { Chart } from '../../components/chart';
import { DataTable, type Column } from '../../components/data-table';
import { SelectField } from '../../components/field';
import { FilterText } from '../../components/filters';
import { Card } from '../../components/page';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { usePages } from '../../components/use-pages';
import { useFilters, type FilterState } from '../../components/use-address';
import { DecisionBadge, percent } from '../sandboxes/words';
import { ModelOptions } from './assign-card';
import { EXPERIMENTS, INSTANCE_ID, type Experiment } from './keys';
import { LabPage } from './lab-page';
import { InstanceLink, ModelLink, nameOf } from './model-name';
import { Outcome } from './outcome';

const DECISIONS = ['STAY', 'SWITCH', 'DRAIN', 'EVACUATE'] as const;

const columns: readonly Column<Experiment>[] = [
  { header: 'When', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  { header: 'Instance', cell: ({ instance_id: id }) => <InstanceLink id={id} /> },
  { header: 'Model', cell: (one) => <Judges of={one} /> },
  { header: 'Crash', cell: ({ crash_probability: p }) => percent(p) },
  { header: 'Decision', cell: ({ decision }) => <DecisionBadge of={decision} /> },
  { header: 'Outcome', cell: (one) => <Outcome of={one} /> },
];

/** Whose prediction counted, and who was asked beside. */
function Judges({ of: { model, challenger, fell_back_from: failed } }: { readonly of: Experiment }) {
  return (
    <div>
      <ModelLink of={model} />
      {challenger !== null && (
        <p className="muted small">
          beside {nameOf(challenger)}:{' '}
          {challenger.crash_probability === null ? 'failed' : percent(challenger.crash_probability)}
        </p>
      )}
      {failed !== null && <p className="muted small">{`${nameOf(failed)} failed: ${failed.problem}`}</p>}
    </div>
  );
}

const FILTERS = ['instance', 'model', 'decision'] as const;
type Address = FilterState<(typeof FILTERS)[number]>;

const decisionIn = ({ get }: Address) => DECISIONS.find((one) => one === get('decision'));

function useExperiments(address: Address) {
  const [instance, model, decision] = [address.get('instance'), address.get('model'), decisionIn(address)];
  return usePages<Experiment>([...EXPERIMENTS, 'list', instance, model, decision], async (cursor, signal) => {
    const filters = {
      ...(instance && { instance_id: instance }),
      ...(model && { model_id: model }),
      ...(decision && { decision }),
    };
    const params = { query: { limit: 50, ...filters, ...cursor } };
    return (await api.GET('/api/v1/lab/experiments', { params, signal })).data;
  });
}

export default function Experiments() {
  const address = useFilters(FILTERS);
  const pages = useExperiments(address);
  const rows = useMemo(() => pages.data?.pages.flatMap(({ items }) => items) ?? [], [pages.data]);
  return (
    <LabPage
      title="Experiments"
      about="Every evaluation of the last 90 days: what was predicted, decided, and came of it."
    >
      <Filters address={address} />
      <div className="stack">
        {rows.length > 1 && <RiskCard rows={rows} />}
        <DataTable
          label="Experiments"
          columns={columns}
          pages={pages}
          idOf={({ id }) => id}
          empty={
            <EmptyState title="No experiments">
              Each evaluation in a sandbox leaves one. Evaluate a machine, or clear the filters.
            </EmptyState>
          }
        />
      </div>
    </LabPage>
  );
}

function Filters({ address }: { readonly address: Address }) {
  const { get, set } = address;
  const isId = get('instance') === '' || INSTANCE_ID.value.test(get('instance'));
  return (
    <div className="filters">
      <FilterText
        label="Instance"
        type="search"
        value={get('instance')}
        error={isId ? undefined : INSTANCE_ID.message}
        onSet={(id) => set('instance', id)}
      />
      <ModelOptions
        label="Model"
        value={get('model')}
        onChange={(event) => set('model', event.target.value)}
      />
      <SelectField
        label="Decision"
        value={decisionIn(address) ?? ''}
        onChange={(event) => set('decision', event.target.value)}
      >
        <option value="">Any</option>
        {DECISIONS.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </SelectField>
    </div>
  );
}

function RiskCard({ rows }: { readonly rows: readonly Experiment[] }) {
  const [times, series] = useMemo(() => {
    const ascending = [...rows].reverse();
    return [
      ascending.map(({ created_at: at }) => Date.parse(at) / 1000),
      [
        {
          label: 'Crash probability',
          tone: 'danger',
          values: ascending.map(({ crash_probability: p }) => p),
        } as const,
        {
          label: 'Safety gate',
          tone: 'warn',
          values: ascending.map(({ max_crash_probability: gate }) => gate),
        } as const,
      ],
    ];
  }, [rows]);
  return (
    <Card title="Predictions" about="Of the experiments below.">
      <Chart label="Crash probability and safety gate" times={times} series={series} format={percent} />
    </Card>
  );
}
