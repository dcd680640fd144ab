import { Badge } from '../../components/badge';
import { Bytes } from '../../components/bytes';
import type { Column } from '../../components/data-table';
import { RelativeTime } from '../../components/time';
import { BackupMenu } from './backup-menu';
import { toneOf, type Backup } from './backup';

const TRIGGERS: Readonly<Record<Backup['trigger'], string>> = {
  schedule: 'by schedule',
  person: 'asked for',
  found: 'found in the store',
};
const VERIFIED: Readonly<Record<Backup['verification']['status'], string>> = {
  none: 'not yet',
  queued: 'waiting',
  running: 'under way',
  ok: 'held',
  failed: 'did not hold',
};

export const COLUMNS: readonly Column<Backup>[] = [
  { header: 'Backup', cell: (backup) => <What backup={backup} /> },
  { header: 'Status', cell: (backup) => <Status backup={backup} /> },
  { header: 'Size', cell: ({ bytes }) => (bytes === null ? '–' : <Bytes of={bytes} />) },
  { header: 'Made', cell: ({ finished_at: at, created_at: asked }) => <RelativeTime at={at ?? asked} /> },
  { header: 'Verified', cell: (backup) => <Verified backup={backup} /> },
  { header: 'Copy', cell: ({ replica }) => <Copy replica={replica} /> },
  { header: 'Deeds', kind: 'actions', cell: (backup) => <BackupMenu backup={backup} /> },
];

function What({ backup: { id, kind, engine, trigger } }: { readonly backup: Backup }) {
  return (
    <div>
      <strong>{kind}</strong> <code title={id}>…{id.slice(-8)}</code>
      <p className="muted small">
        {engine}, {TRIGGERS[trigger]}
      </p>
    </div>
  );
}

function Status({ backup: { status, error } }: { readonly backup: Backup }) {
  return (
    <div>
      <Badge tone={toneOf(status)}>{status}</Badge>
      {error !== null && <p className="small">{error.detail ?? error.code}</p>}
    </div>
  );
}

function Verified({ backup: { verification } }: { readonly backup: Backup }) {
  const { status, verified_at: at, detail } = verification;
  return (
    <div>
      <Badge tone={toneOf(status)}>{VERIFIED[status]}</Badge>
      {at !== null && (
        <p className="muted small">
          <RelativeTime at={at} />
        </p>
      )}
      {status === 'failed' && <p className="small">{detail}</p>}
    </div>
  );
}

function Copy({ replica: { status, detail, copied_at: at } }: { readonly replica: Backup['replica'] }) {
  if (status === 'none') return <span className="muted">none</span>;
  return (
    <div>
      <Badge tone={toneOf(status)}>{status}</Badge>
      <p className="muted small">{at === null ? detail : <RelativeTime at={at} />}</p>
    </div>
  );
}
