import { useQuery } from '@tanstack/react-query';
import { api, type components } from '../../api/client';
import { Bytes } from '../../components/bytes';
import { Loaded } from '../../components/loaded';
import { Meter } from '../../components/meter';
import { Card } from '../../components/page';

type Usage = components['schemas']['UsageDto'];

export function StorageCard() {
  const query = useQuery({
    queryKey: ['files', 'usage'],
    queryFn: async ({ signal }) => (await api.GET('/api/v1/files/usage', { signal })).data,
  });
  return (
    <Card title="Storage">
      <Loaded query={query}>
        {({ user, organization }) => (
          <div className="stack">
            <UsageFact name="Yours" usage={user} />
            <UsageFact name="Your organisation" usage={organization} />
          </div>
        )}
      </Loaded>
    </Card>
  );
}

function UsageFact({ name, usage }: { readonly name: string; readonly usage: Usage }) {
  const { used_bytes: used, file_count: count, quota_bytes: quota } = usage;
  return (
    <div className="stat">
      <span className="muted">{name}</span>
      <span className="value">
        <Bytes of={used} />
      </span>
      <span className="muted small">
        {count === 1 ? '1 file' : `${count.toLocaleString('en')} files`}
        {quota !== null && (
          <>
            {' '}
            of <Bytes of={quota} />
          </>
        )}
      </span>
      {quota !== null && <Meter label={`${name}: part of the quota in use`} part={used / quota} />}
    </div>
  );
}
