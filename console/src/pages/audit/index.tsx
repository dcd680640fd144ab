import { ScrollText } from 'lucide-react';
import { api } from '../../api/client';
import { Paged } from '../../components/data-table';
import { Page } from '../../components/page';
import { EmptyState } from '../../components/states';
import { useAddress } from '../../components/use-address';
import { usePages } from '../../components/use-pages';
import { ChainCard } from './chain-card';
import { FILTERS, type Filtered } from './entry';
import { EntryDrawer } from './entry-drawer';
import { ExportMenu } from './export-menu';
import { AuditFilters } from './filters';
import { Timeline } from './timeline';

const ADDRESS = [...FILTERS, 'entry'] as const;

export default function AuditPage() {
  const [{ entry: openId, ...filters }, set] = useAddress(ADDRESS);
  const pages = usePages(['audit', 'logs', filters], async (cursor, signal) => {
    const query = { limit: 100, ...filters, ...cursor };
    return (await api.GET('/api/v1/audit/logs', { params: { query }, signal })).data;
  });
  const close = () => set({ entry: '' }, { replace: true });
  const only = (filter: Filtered) => set({ ...filter, entry: '' });
  return (
    <Page
      title="Audit"
      about="Who did what in your organisation, and when, the newest first."
      actions={<ExportMenu filters={filters} />}
    >
      <div className="stack wide">
        <ChainCard />
        <div>
          <AuditFilters values={filters} set={set} />
          <Paged pages={pages} empty={<Nothing />}>
            {(entries) => (
              <>
                <Timeline entries={entries} open={(id) => set({ entry: id })} />
                {entries
                  .filter(({ id }) => id === openId)
                  .map((entry) => (
                    <EntryDrawer key={entry.id} entry={entry} only={only} onClose={close} />
                  ))}
              </>
            )}
          </Paged>
        </div>
      </div>
    </Page>
  );
}

function Nothing() {
  return (
    <EmptyState icon={ScrollText} title="Nothing like that happened">
      No row of the trail is like that. Take a filter away, or widen the time.
    </EmptyState>
  );
}
