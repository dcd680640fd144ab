import { api, type components } from '../../api/client';
import { DataTable, type Column } from '../../components/data-table';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { usePages } from '../../components/use-pages';
import { instanceKey } from './keys';
import { ModelLink } from './model-name';

type Assignment = components['schemas']['AssignmentDto'];

const columns: readonly Column<Assignment>[] = [
  { header: 'Model', cell: ({ model }) => <ModelLink of={model} /> },
  { header: 'As', cell: ({ role }) => role },
  { header: 'From', cell: ({ assigned_at: at }) => <RelativeTime at={at} /> },
  { header: 'Until', cell: ({ ended_at: at }) => <RelativeTime at={at} never="now" /> },
];

/** Which models judged an instance from when until when. */
export function AssignmentsCard({ instanceId }: { readonly instanceId: string }) {
  const pages = usePages<Assignment>([...instanceKey(instanceId), 'assignments'], async (cursor, signal) => {
    const params = { path: { instance_id: instanceId }, query: { limit: 20, ...cursor } };
    return (await api.GET('/api/v1/lab/assignments/{instance_id}', { params, signal })).data;
  });
  return (
    <Card title="Assignments">
      <DataTable
        label="Assignments"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        empty={<p className="muted">None yet: the built-in model judges.</p>}
      />
    </Card>
  );
}
