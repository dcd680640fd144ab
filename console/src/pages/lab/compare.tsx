import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, cloudkeep, type components } from '../../api/client';
import { Chart } from '../../components/chart';
import { FilterText } from '../../components/filters';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { EmptyState } from '../../components/states';
import { useFilters } from '../../components/use-address';
import { percent } from '../sandboxes/words';
import { ModelOptions } from './assign-card';
import { COMPARISONS, INSTANCE_ID, type Experiment } from './keys';
import { LabPage } from './lab-page';
import { nameOf } from './model-name';
import { Scores } from './scores';
import './lab.css';

const FILTERS = ['a', 'b', 'instance'] as const;

type Comparison = components['schemas']['ComparisonDto'];

/** As many of the newest experiments of each model are drawn. */
const MOST = 200;

export default function Compare() {
  const { get, set } = useFilters(FILTERS);
  const [a, b, instance] = [get('a'), get('b'), get('instance')];
  const isId = instance === '' || INSTANCE_ID.value.test(instance);
  return (
    <LabPage
      title="Compare"
      about="Two models over the experiments that both judged, as champion and challenger."
    >
      <div className="filters">
        <ModelOptions label="Model A" value={a} onChange={(event) => set('a', event.target.value)} />
        <ModelOptions label="Model B" value={b} onChange={(event) => set('b', event.target.value)} />
        <FilterText
          label="Instance"
          optional
          type="search"
          value={instance}
          error={isId ? undefined : INSTANCE_ID.message}
          onSet={(id) => set('instance', id)}
        />
      </div>
      {a === '' || b === '' || a === b ? (
        <EmptyState title="Choose two models">
          They are compared where both judged: assign one as champion of an instance and the other as its
          challenger, evaluate, and tell what came.
        </EmptyState>
      ) : (
        isId && <Compared a={a} b={b} instance={instance} />
      )}
    </LabPage>
  );
}

interface Both {
  readonly a: string;
  readonly b: string;
  readonly instance: string;
}

function Compared({ a, b, instance }: Both) {
  const query = useQuery({
    queryKey: [...COMPARISONS, a, b, instance],
    queryFn: async ({ signal }) => {
      const params = { query: { model_a: a, model_b: b, ...(instance && { instance_id: instance }) } };
      return (await api.GET('/api/v1/lab/comparisons', { params, signal })).data;
    },
  });
  return (
    <Loaded query={query}>
      {(comparison) => (
        <div className="grid halves">
          <ScoresCard comparison={comparison} />
          <PredictionsCard comparison={comparison} instance={instance} />
        </div>
      )}
    </Loaded>
  );
}

function ScoresCard({
  comparison: { experiments, model_a: a, model_b: b, better },
}: {
  readonly comparison: Comparison;
}) {
  const columns = [
    { name: nameOf(a.model), scores: a, isBetter: better === 'model_a' },
    { name: nameOf(b.model), scores: b, isBetter: better === 'model_b' },
  ];
  return (
    <Card title="How right they were" about={`Over ${experiments} experiments that both judged.`}>
      <Scores label="Comparison" columns={columns}>
        {better === null && (
          <p className="muted small">
            {a.observed === 0
              ? 'Nobody told yet what came of them.'
              : 'By their Brier scores they are equal.'}
          </p>
        )}
      </Scores>
    </Card>
  );
}

/** Those that both judged: one as champion, the other beside. */
async function readBoth({ a, b, instance }: Both, signal: AbortSignal): Promise<readonly Experiment[]> {
  const of = async (champion: string, challenger: string) => {
    const found: Experiment[] = [];
    const query = { model_id: champion, limit: MOST, ...(instance && { instance_id: instance }) };
    let seen = 0;
    for await (const one of cloudkeep.pages('/api/v1/lab/experiments', { query, signal })) {
      if (one.challenger?.id === challenger && one.challenger.crash_probability !== null) found.push(one);
      seen += 1;
      if (seen === MOST) break;
    }
    return found;
  };
  const both = (await Promise.all([of(a, b), of(b, a)])).flat();
  return both.sort((one, other) => one.created_at.localeCompare(other.created_at));
}

function PredictionsCard({
  comparison,
  instance,
}: {
  readonly comparison: Comparison;
  readonly instance: string;
}) {
  const [a, b] = [comparison.model_a.model, comparison.model_b.model];
  const both = { a: a.id, b: b.id, instance };
  const query = useQuery({
    queryKey: [...COMPARISONS, 'predictions', a.id, b.id, instance],
    queryFn: ({ signal }) => readBoth(both, signal),
  });
  return (
    <Card title="What they predicted" about={`Of the newest ${MOST} experiments of each.`}>
      <Loaded query={query}>
        {(found) =>
          found.length === 0 ? (
            <p className="muted">Nothing that both judged.</p>
          ) : (
            <Drawing found={found} a={a} b={b} />
          )
        }
      </Loaded>
    </Card>
  );
}

type Named = Comparison['model_a']['model'];

function Drawing({
  found,
  a,
  b,
}: {
  readonly found: readonly Experiment[];
  readonly a: Named;
  readonly b: Named;
}) {
  const [times, series] = useMemo(() => {
    const saidBy = (id: string) =>
      found.map((one) =>
        one.model.id === id ? one.crash_probability : (one.challenger?.crash_probability ?? null),
      );
    return [
      found.map(({ created_at: at }) => Date.parse(at) / 1000),
      [
        { label: nameOf(a), tone: 'accent', values: saidBy(a.id) } as const,
        { label: nameOf(b), tone: 'warn', values: saidBy(b.id) } as const,
      ],
    ];
  }, [found, a, b]);
  return <Chart label="What both predicted" times={times} series={series} format={percent} />;
}
