import { Upload } from 'lucide-react';
import { api } from '../../api/client';
import { LinkButton } from '../../components/button';
import { Bytes } from '../../components/bytes';
import { DataTable, type Column } from '../../components/data-table';
import { SelectField } from '../../components/field';
import { FilterText } from '../../components/filters';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { usePages } from '../../components/use-pages';
import { useFilters, type FilterState } from '../../components/use-address';
import { useCan } from '../../session/session';
import { MODELS, type Model } from './keys';
import { LabPage } from './lab-page';
import { Kind, ModelLink } from './model-name';

const FILTERS = ['name', 'kind'] as const;

const columns: readonly Column<Model>[] = [
  { header: 'Model', cell: (model) => <ModelLink of={model} /> },
  { header: 'Kind', cell: (model) => <Kind of={model} /> },
  { header: 'About', cell: ({ description }) => description ?? <span className="muted">–</span> },
  { header: 'Size', cell: ({ is_built_in: isBuiltIn, size }) => (isBuiltIn ? '–' : <Bytes of={size} />) },
  {
    header: 'Registered',
    cell: ({ is_built_in: isBuiltIn, created_at: at }) => (isBuiltIn ? '–' : <RelativeTime at={at} />),
  },
];

export default function Models() {
  const mayWrite = useCan('lab:write');
  const address = useFilters(FILTERS);
  const [name, kind] = [address.get('name'), address.get('kind')];
  const pages = usePages<Model>([...MODELS, 'list', name, kind], async (cursor, signal) => {
    const filters = { ...(name && { name }), ...(kind && { is_experimental: kind === 'experimental' }) };
    const query = { limit: 50, ...filters, ...cursor };
    return (await api.GET('/api/v1/lab/models', { params: { query }, signal })).data;
  });
  return (
    <LabPage
      title="Lab"
      about="Which model judges the risk of which machine, and how right it was."
      actions={
        mayWrite && (
          <LinkButton to="/lab/upload" variant="primary" icon={Upload}>
            Upload a model
          </LinkButton>
        )
      }
    >
      <Filters address={address} />
      <DataTable
        label="Models"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        empty={<EmptyState title="None of these">Clear the filters to see the others.</EmptyState>}
      />
    </LabPage>
  );
}

function Filters({ address }: { readonly address: FilterState<(typeof FILTERS)[number]> }) {
  return (
    <div className="filters">
      <FilterText
        label="Name"
        type="search"
        description="In full."
        value={address.get('name')}
        onSet={(name) => address.set('name', name)}
      />
      <SelectField
        label="Kind"
        value={address.get('kind')}
        onChange={(event) => address.set('kind', event.target.value)}
      >
        <option value="">Any</option>
        <option value="experimental">Experimental</option>
        <option value="steady">Steady</option>
      </SelectField>
    </div>
  );
}
