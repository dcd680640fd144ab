import { UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { FilterBar, FilterChoice, FilterText } from '../../components/filters';
import { Page } from '../../components/page';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { useAddress } from '../../components/use-address';
import { usePages } from '../../components/use-pages';
import { useCan } from '../../session/session';
import { CreateUserDialog } from './create-user';
import { PeopleTabs } from './people-tabs';
import { USERS, type User } from './person';
import { State } from './state';
import { useRoles } from './use-roles';

const COLUMNS: readonly Column<User>[] = [
  { header: 'Name', cell: (user) => <Name user={user} /> },
  { header: 'E-mail', cell: ({ email }) => email },
  { header: 'Role', cell: ({ role }) => role },
  { header: 'State', cell: (user) => <State user={user} /> },
  { header: 'Last sign-in', cell: ({ last_login: at }) => <RelativeTime at={at} /> },
];

function Name({ user: { id, username, full_name: fullName } }: { readonly user: User }) {
  return (
    <div>
      <Link to={`/people/users/${id}`}>{username}</Link>
      {fullName !== null && <p className="muted small">{fullName}</p>}
    </div>
  );
}

const FILTERS = ['q', 'role', 'active'] as const;
type Values = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;
type Set = ReturnType<typeof useAddress<(typeof FILTERS)[number]>>[1];

export default function UsersPage() {
  const [filters, set] = useAddress(FILTERS);
  const { q, role, active } = filters;
  const pages = usePages([...USERS, 'list', filters], async (cursor, signal) => {
    const isActive = active === undefined ? {} : { is_active: active === 'true' };
    const query = { limit: 50, ...(q && { q }), ...(role && { role }), ...isActive, ...cursor };
    return (await api.GET('/api/v1/users', { params: { query }, signal })).data;
  });
  return (
    <Page title="People" about="Everybody of your organisation, and what they may do." actions={<Create />}>
      <PeopleTabs />
      <Filters values={filters} set={set} />
      <DataTable
        label="Users"
        columns={COLUMNS}
        pages={pages}
        idOf={({ id }) => id}
        empty={
          <EmptyState icon={Users} title="Nobody is like that">
            Search for a part of the name or the e-mail, or clear the filters.
          </EmptyState>
        }
      />
    </Page>
  );
}

function Create() {
  const [open, setOpen] = useState(false);
  const mayManage = useCan('users:manage');
  if (!mayManage) return null;
  return (
    <>
      <Button variant="primary" icon={UserPlus} onClick={() => setOpen(true)}>
        Create a user
      </Button>
      {open && <CreateUserDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function Filters({ values: { q, role, active }, set }: { readonly values: Values; readonly set: Set }) {
  const roles = useRoles().data ?? [];
  return (
    <FilterBar isSet={Boolean(q ?? role ?? active)} clear={() => set({ q: '', role: '', active: '' })}>
      <FilterText
        label="Search"
        type="search"
        maxLength={200}
        value={q}
        onSet={(words, how) => set({ q: words }, how)}
      />
      <FilterChoice
        label="Role"
        value={role}
        choices={roles.map(({ name }) => [name, name] as const)}
        onSet={(name) => set({ role: name })}
      />
      <FilterChoice label="State" value={active} choices={STATES} onSet={(state) => set({ active: state })} />
    </FilterBar>
  );
}

const STATES = [
  ['true', 'Active'],
  ['false', 'Deactivated'],
] as const;
