import { Plus } from 'lucide-react';
import { Link } from 'react-router';
import { api } from '../../api/client';
import { LinkButton } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { CheckField, SelectField } from '../../components/field';
import { Page } from '../../components/page';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { useFilters } from '../../components/use-address';
import { usePages } from '../../components/use-pages';
import { useCan, useProfile } from '../../session/session';
import { EndSession } from './end-session';
import { SESSIONS, type Session } from './keys';
import { SavingsCard } from './savings-card';
import { TimeLeft } from './time-left';
import { endInWords, StatusBadge } from './words';
import './sandboxes.css';

const STATUSES = ['active', 'expired', 'ended'] as const;

const columns: readonly Column<Session>[] = [
  { header: 'Machine', cell: (session) => <Machine session={session} /> },
  {
    header: 'Where',
    cell: ({ instance_type: type, availability_zone: zone }) => `${type} in ${zone}`,
  },
  { header: 'Status', cell: ({ status }) => <StatusBadge of={status} /> },
  {
    header: 'Time left',
    cell: ({ status, expires_at: until, end_reason: reason }) =>
      status === 'active' ? <TimeLeft until={until} /> : <span className="muted">{endInWords(reason)}</span>,
  },
  { header: 'Opened', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  { header: 'Actions', kind: 'actions', cell: (session) => <Deeds session={session} /> },
];

export default function Sandboxes() {
  const mayOpen = useCan('sandbox:write');
  return (
    <Page
      title="Sandboxes"
      about="Sessions in which Cloudkeep decides over one spot machine for a while, with the keys of its account."
      actions={
        mayOpen && (
          <LinkButton to="/sandboxes/new" variant="primary" icon={Plus}>
            Open a sandbox
          </LinkButton>
        )
      }
    >
      <Sessions mayOpen={mayOpen} />
      <div className="stack below">
        <SavingsCard />
      </div>
    </Page>
  );
}

const FILTERS = ['status', 'all'] as const;

/** The filters, as the address has them. */
function useSessionFilters() {
  const { get, set } = useFilters(FILTERS);
  const mayAll = useCan('sandbox:cancel');
  const status = STATUSES.find((known) => known === get('status'));
  const all = mayAll && get('all') === 'true';
  return { status, all, mayAll, set };
}

function Sessions({ mayOpen }: { readonly mayOpen: boolean }) {
  const { status, all, mayAll, set } = useSessionFilters();
  const pages = usePages<Session>([...SESSIONS, 'list', status, all], async (cursor, signal) => {
    const query = { limit: 50, ...(status && { status }), ...(all && { all }), ...cursor };
    return (await api.GET('/api/v1/sandbox/sessions', { params: { query }, signal })).data;
  });
  return (
    <>
      <div className="filters">
        <SelectField
          label="Status"
          value={status ?? ''}
          onChange={(event) => set('status', event.target.value)}
        >
          <option value="">Any</option>
          {STATUSES.map((known) => (
            <option key={known}>{known}</option>
          ))}
        </SelectField>
        {mayAll && (
          <CheckField
            label="Everybody’s in the organisation"
            checked={all}
            onChange={(event) => set('all', event.target.checked ? 'true' : '')}
          />
        )}
      </div>
      <DataTable
        label="Sandboxes"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        empty={<NoSessions mayOpen={mayOpen} isFiltered={status !== undefined} />}
      />
    </>
  );
}

function NoSessions({ mayOpen, isFiltered }: { readonly mayOpen: boolean; readonly isFiltered: boolean }) {
  if (isFiltered)
    return <EmptyState title="None of these">Choose another status to see the others.</EmptyState>;
  if (!mayOpen) return <EmptyState title="No sandboxes">Your role sees sessions, but opens none.</EmptyState>;
  return (
    <EmptyState title="No sandboxes yet" action={<LinkButton to="/sandboxes/new">Open a sandbox</LinkButton>}>
      Open one for a spot machine: each decision is told live, with its grounds and what it saves.
    </EmptyState>
  );
}

/** Only its owner sees into a session. */
function Machine({ session }: { readonly session: Session }) {
  const { id } = useProfile();
  const name = <code>{session.instance_id}</code>;
  return session.user_id === id ? <Link to={`/sandboxes/${session.id}`}>{name}</Link> : name;
}

function Deeds({ session }: { readonly session: Session }) {
  const { id } = useProfile();
  const mayEnd = useCan('sandbox:write');
  const mayCancel = useCan('sandbox:cancel');
  if (session.status !== 'active' || !mayEnd) return null;
  return session.user_id === id || mayCancel ? <EndSession session={session} /> : null;
}
