import { DatabaseBackup, LifeBuoy } from 'lucide-react';
import { api } from '../../api/client';
import { LinkButton } from '../../components/button';
import { DataTable } from '../../components/data-table';
import { FilterBar, FilterChoice } from '../../components/filters';
import { Card, Page } from '../../components/page';
import { EmptyState } from '../../components/states';
import { useAddress } from '../../components/use-address';
import { usePages, type Pages } from '../../components/use-pages';
import { useCan } from '../../session/session';
import { BACKUPS, KINDS, STATUSES, workOn, type Backup } from './backup';
import { COLUMNS } from './columns';
import { StartBackup } from './start-backup';
import { UnderWay } from './under-way';

const FILTERS = ['kind', 'status'] as const;
type Filtered = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;

export default function BackupsPage() {
  const mayWrite = useCan('backups:write');
  const [filters, set] = useAddress(FILTERS);
  const pages = usePages([...BACKUPS, 'list', filters], async (cursor, signal) => {
    const query = { limit: 50, ...(filters as Partial<Pick<Backup, 'kind' | 'status'>>), ...cursor };
    return (await api.GET('/api/v1/backups', { params: { query }, signal })).data;
  });
  const isSet = Object.keys(filters).length > 0;
  return (
    <Page
      title="Backups"
      about="What was made, whether a restore of it held, and where its copy is."
      actions={
        <>
          <LinkButton to="/backups/restoring" icon={LifeBuoy}>
            How to restore
          </LinkButton>
          {mayWrite && <StartBackup />}
        </>
      }
    >
      <Work pages={pages} />
      <Filters values={filters} set={set} />
      <DataTable
        label="Backups"
        columns={COLUMNS}
        pages={pages}
        idOf={({ id }) => id}
        empty={<NoBackups isSet={isSet} mayWrite={mayWrite} />}
      />
    </Page>
  );
}

type Set = ReturnType<typeof useAddress<(typeof FILTERS)[number]>>[1];

function Filters({ values, set }: { readonly values: Filtered; readonly set: Set }) {
  const isSet = Object.keys(values).length > 0;
  return (
    <FilterBar isSet={isSet} clear={() => set({ kind: '', status: '' })}>
      <FilterChoice label="Kind" value={values.kind} choices={KINDS} onSet={(kind) => set({ kind })} />
      <FilterChoice
        label="Status"
        value={values.status}
        choices={STATUSES}
        onSet={(status) => set({ status })}
      />
    </FilterBar>
  );
}

function Work({ pages }: { readonly pages: Pages<Backup> }) {
  const backups = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const busy = backups.filter((backup) => workOn(backup) !== null);
  if (busy.length === 0) return null;
  return (
    <div className="stack under-way">
      <Card title="Under way">
        <ul className="items">
          {busy.map((backup) => (
            <UnderWay key={backup.id} of={backup} />
          ))}
        </ul>
      </Card>
    </div>
  );
}

function NoBackups({ isSet, mayWrite }: { readonly isSet: boolean; readonly mayWrite: boolean }) {
  if (isSet)
    return <EmptyState title="None of these">No backup is of this kind and in this state.</EmptyState>;
  return (
    <EmptyState icon={DatabaseBackup} title="There is no backup yet">
      {mayWrite
        ? 'Start one now. Unless BACKUPS_SCHEDULED is false, the server makes one by itself every night too.'
        : 'Somebody with backups:write can start one, or set a schedule.'}
    </EmptyState>
  );
}
