import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, type components } from '../../api/client';
import { hasStatus } from '../../api/problem';
import { Badge } from '../../components/badge';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';

type Backup = components['schemas']['BackupDto'];

/** Newest first. Null for those who do not run this server. */
async function readBackups(signal: AbortSignal): Promise<readonly Backup[] | null> {
  try {
    return (await api.GET('/api/v1/backups', { params: { query: { limit: 50 } }, signal })).data.items;
  } catch (error) {
    if (hasStatus(error, 403)) return null;
    throw error;
  }
}

export function BackupCard() {
  const query = useQuery({
    queryKey: ['backups', 'newest'],
    queryFn: ({ signal }) => readBackups(signal),
  });
  return (
    <Card title="Backups" actions={<Link to="/backups">All</Link>}>
      <Loaded query={query}>{(backups) => <LastVerified backups={backups} />}</Loaded>
    </Card>
  );
}

function LastVerified({ backups }: { readonly backups: readonly Backup[] | null }) {
  if (backups === null) return <p className="muted">Whoever runs this server sees to them.</p>;
  const verified = backups.find(({ verification }) => verification.status === 'ok');
  if (verified === undefined) {
    return (
      <p className="row">
        <Badge tone="warn">none verified</Badge>
        <span className="muted small">{backups.length} were made lately, none restored as a trial yet.</span>
      </p>
    );
  }
  return (
    <div className="stat">
      <span className="value">
        <RelativeTime at={verified.verification.verified_at} />
      </span>
      <span className="muted small">the last one was restored as a trial, and held</span>
    </div>
  );
}
