import { useQuery } from '@tanstack/react-query';
import { CircleAlert, Link2, ShieldCheck } from 'lucide-react';
import { Link } from 'react-router';
import { api, type components } from '../../api/client';
import { Button } from '../../components/button';
import { Card } from '../../components/page';
import { ProblemNotice } from '../../components/problem-notice';
import { ExactTime, RelativeTime } from '../../components/time';
import { timeOf } from './entry';

type Verification = components['schemas']['AuditVerificationDto'];
type Fault = components['schemas']['ChainFaultDto'];

/** Whether the trail is what it was: each row is bound to the one before. */
export function ChainCard() {
  const query = useQuery({
    queryKey: ['audit', 'verification'],
    queryFn: async ({ signal }) => (await api.GET('/api/v1/audit/verify', { signal })).data,
    enabled: false,
  });
  return (
    <Card
      title="Is the trail intact?"
      about="Every row is bound to the one before it, so that none can be changed unnoticed."
      actions={
        <Button small icon={Link2} busy={query.isFetching} onClick={() => void query.refetch()}>
          Verify the chain
        </Button>
      }
    >
      {query.isError && !query.isFetching && <ProblemNotice error={query.error} />}
      {query.data && <Verdict verification={query.data} at={query.dataUpdatedAt} />}
    </Card>
  );
}

function Verdict({ verification, at }: { readonly verification: Verification; readonly at: number }) {
  const { broken_at: fault, checked, head } = verification;
  if (fault) return <Broken fault={fault} checked={checked} at={at} />;
  return (
    <div className="notice ok" role="status">
      <ShieldCheck className="icon" />
      <div>
        <strong>Intact</strong>
        <p>
          {checked.toLocaleString('en')} rows hold, up to link {head.seq.toLocaleString('en')}. Checked{' '}
          <When at={at} />.
        </p>
        <p className="small muted">
          <code>{head.hash}</code>
        </p>
      </div>
    </div>
  );
}

const When = ({ at }: { readonly at: number }) => <RelativeTime at={new Date(at).toISOString()} />;

function Broken({
  fault: { kind, detail, seq, log_id: id },
  checked,
  at,
}: {
  readonly fault: Fault;
  readonly checked: number;
  readonly at: number;
}) {
  const time = id === null ? null : timeOf(id);
  return (
    <div className="notice failed" role="alert">
      <CircleAlert className="icon" />
      <div>
        <strong>
          Broken {seq === null ? 'outside the chain' : `at link ${seq.toLocaleString('en')}`}: {kind}
        </strong>
        <p>
          {detail} The {checked.toLocaleString('en')} rows before hold. Checked <When at={at} />.
        </p>
        {id !== null && (
          <p>
            Row <code>{id}</code>
            {time !== null && (
              <>
                , written <ExactTime at={time.toISOString()} />. <Around time={time} />
              </>
            )}
          </p>
        )}
      </div>
    </div>
  );
}

const AROUND_MS = 60_000;

function Around({ time }: { readonly time: Date }) {
  const [from, to] = [-AROUND_MS, AROUND_MS].map((ms) => new Date(time.getTime() + ms).toISOString());
  return (
    <Link to={`/audit?${new URLSearchParams({ from: from ?? '', to: to ?? '' })}`}>Show that minute</Link>
  );
}
