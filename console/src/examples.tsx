/** The examples of docs/console.md, for the type check; nothing imports them. */
import { Users } from 'lucide-react';
import { api, type components } from './api/client';
import { DataTable, type Column } from './components/data-table';
import { Page } from './components/page';
import { EmptyState } from './components/states';
import { RelativeTime } from './components/time';
import { usePages } from './components/use-pages';
import type { PageEntry } from './pages';

type User = components['schemas']['UserDto'];

const columns: readonly Column<User>[] = [
  { header: 'Name', cell: ({ username }) => username },
  { header: 'Since', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
];

export default function People() {
  const pages = usePages(
    ['users'],
    async (cursor, signal) =>
      (await api.GET('/api/v1/users', { params: { query: { limit: 50, ...cursor } }, signal })).data,
  );
  return (
    <Page title="People" about="Everybody of your organisation.">
      <DataTable
        label="Users"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        empty={<EmptyState title="Nobody">Invite somebody.</EmptyState>}
      />
    </Page>
  );
}

export const entries: PageEntry[] = [
  {
    path: 'people',
    title: 'People',
    scope: 'users:read',
    icon: Users,
    group: 'Administration',
    load: () => import('./pages/people'),
  },
];
