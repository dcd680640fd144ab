import { useQuery } from '@tanstack/react-query';
import { api, type components } from '../../api/client';
import { Badge, type Tone } from '../../components/badge';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';

type Health = components['schemas']['HealthDto'];
type Component = components['schemas']['ComponentHealthDto'];

const EVERY_MS = 30_000;
const TONES: Readonly<Record<Health['status'], Tone>> = {
  healthy: 'ok',
  degraded: 'warn',
  unhealthy: 'danger',
};
const NAMES = { database: 'Database', storage: 'File storage', cache: 'Cache' } as const;

/** It tells what has failed with a 503, which the client takes for a refusal and worth another try. */
async function report(signal: AbortSignal): Promise<Health> {
  const answer = await fetch('/health', { signal }).catch(() => null);
  if (answer?.headers.get('content-type')?.startsWith('application/json'))
    return (await answer.json()) as Health;
  // That was not the server: the client has the words for it.
  return (await api.GET('/health', { signal })).data;
}

export function HealthCard() {
  const query = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => report(signal),
    refetchInterval: EVERY_MS,
  });
  return (
    <Card
      title="Health"
      about={
        query.data && (
          <>
            Version {query.data.version}, {query.data.environment}, looked at{' '}
            <RelativeTime at={query.data.timestamp} />
          </>
        )
      }
      actions={query.data && <Badge tone={TONES[query.data.status]}>{query.data.status}</Badge>}
    >
      <Loaded query={query}>{({ components }) => <Components of={components} />}</Loaded>
    </Card>
  );
}

function Components({ of }: { readonly of: Health['components'] }) {
  return (
    <dl className="grid" style={{ ['--cell' as string]: '13rem' }}>
      {Object.entries(of).map(([name, component]) => (
        <ComponentFact key={name} name={NAMES[name as keyof typeof NAMES]} component={component} />
      ))}
    </dl>
  );
}

function ComponentFact({ name, component }: { readonly name: string; readonly component: Component }) {
  const { status, detail, latency_ms: latency } = component;
  return (
    <div className="stat">
      <dt className="muted">{name}</dt>
      <dd className="row">
        <Badge tone={TONES[status]}>{status}</Badge>
        <span className="muted small">
          {detail}
          {latency !== undefined && ` ${latency.toFixed(1)} ms`}
        </span>
      </dd>
    </div>
  );
}
