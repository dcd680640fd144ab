import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { api, type components } from '../../api/client';
import { Badge } from '../../components/badge';
import { Bytes } from '../../components/bytes';
import { IconButton } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { useChange } from '../../components/use-change';
import { usePages } from '../../components/use-pages';
import { useCan } from '../../session/session';
import { download } from './download';
import type { FileOf } from './keys';
import { NewVersion } from './new-version';

type Version = components['schemas']['FileVersionDto'];

const columnsOf = (file: FileOf): readonly Column<Version>[] => [
  {
    header: 'Version',
    cell: ({ version }) => (
      <span className="row">
        {version} {version === file.version && <Badge tone="ok">current</Badge>}
      </span>
    ),
  },
  { header: 'Type', cell: ({ content_type: type }) => type },
  { header: 'Size', cell: ({ size }) => <Bytes of={size} />, kind: 'number' },
  { header: 'Uploaded', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  {
    header: 'Actions',
    cell: ({ version }) => <DownloadVersion id={file.id} version={version} />,
    kind: 'actions',
  },
];

export function VersionsTab({ file }: { readonly file: FileOf }) {
  const { id } = file;
  const mayAdd = useCan('files:write');
  const columns = useMemo(() => columnsOf(file), [file]);
  const pages = usePages(['files', 'versions', id], async (cursor, signal) => {
    const params = { path: { id }, query: { limit: 50, ...cursor } };
    return (await api.GET('/api/v1/files/{id}/versions', { params, signal })).data;
  });
  return (
    <div className="stack">
      {mayAdd && <NewVersion file={file} />}
      <div>
        <DataTable
          label="Versions"
          columns={columns}
          pages={pages}
          idOf={({ version }) => String(version)}
          empty={<EmptyState title="No versions">The file has no content any more.</EmptyState>}
        />
      </div>
    </div>
  );
}

function DownloadVersion({ id, version }: { readonly id: string; readonly version: number }) {
  const keeping = useChange(() => download(id, version), { refresh: [] });
  return (
    <IconButton
      icon={Download}
      label={`Download version ${version}`}
      small
      onClick={() => keeping.mutate()}
    />
  );
}
