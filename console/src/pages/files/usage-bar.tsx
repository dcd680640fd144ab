import { useQuery } from '@tanstack/react-query';
import { api, type components } from '../../api/client';
import { Bytes } from '../../components/bytes';
import { Meter } from '../../components/meter';

/** How much one keeps, and how much one may. */
export function UsageBar() {
  const { data } = useQuery({
    queryKey: ['files', 'usage'],
    queryFn: async ({ signal }) => (await api.GET('/api/v1/files/usage', { signal })).data,
  });
  if (data === undefined) return null;
  return (
    <div className="grid">
      <Usage name="Yours" usage={data.user} />
      {data.organization.quota_bytes !== null && <Usage name="Your organisation" usage={data.organization} />}
    </div>
  );
}

function Usage({
  name,
  usage: { used_bytes: used, quota_bytes: quota },
}: {
  readonly name: string;
  readonly usage: components['schemas']['UsageDto'];
}) {
  return (
    <div className="stack tight">
      <p className="small">
        {name}: <Bytes of={used} />
        {quota !== null && (
          <>
            {' '}
            of <Bytes of={quota} />
          </>
        )}{' '}
        <span className="muted">with versions and trash</span>
      </p>
      {quota !== null && <Meter label={`${name}: part of the quota in use`} part={used / quota} />}
    </div>
  );
}
