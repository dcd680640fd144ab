import { Download, EllipsisVertical, RotateCcw, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { api } from '../../api/client';
import { Bytes } from '../../components/bytes';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { Menu, MenuItem } from '../../components/menu';
import { RelativeTime } from '../../components/time';
import { useChange } from '../../components/use-change';
import { usePages } from '../../components/use-pages';
import { useCan } from '../../session/session';
import { download } from './download';
import type { FileOf } from './keys';
import { useRestoring, useTrashing } from './trash';
import type { FileFilters } from './use-file-filters';

const common: readonly Column<FileOf>[] = [
  { header: 'Folder', cell: ({ collection }) => collection },
  { header: 'Size', cell: ({ size }) => <Bytes of={size} />, kind: 'number' },
];

const kept: readonly Column<FileOf>[] = [
  {
    header: 'Name',
    cell: ({ id, file_name: name }) => (
      <Link className="file-name" to={`/files/${id}`}>
        {name}
      </Link>
    ),
  },
  ...common,
  { header: 'Changed', cell: ({ updated_at: at }) => <RelativeTime at={at} /> },
  { header: 'Actions', cell: (file) => <Actions file={file} />, kind: 'actions' },
];

const trashed: readonly Column<FileOf>[] = [
  { header: 'Name', cell: ({ file_name: name }) => <span className="file-name">{name}</span> },
  ...common,
  { header: 'In the trash', cell: ({ deleted_at: at }) => <RelativeTime at={at} /> },
  { header: 'Actions', cell: (file) => <Restore file={file} />, kind: 'actions' },
];

/** The files that the filters leave, or those in the trash. */
export function FileTable({ filters, empty }: { readonly filters: FileFilters; readonly empty: ReactNode }) {
  const { q, collection, trash } = filters;
  const pages = usePages(['files', 'list', filters], async (cursor, signal) => {
    const query = {
      limit: 50,
      deleted: trash,
      ...(q && { q }),
      ...(collection && { collection }),
      ...cursor,
    };
    return (await api.GET('/api/v1/files', { params: { query }, signal })).data;
  });
  return (
    <DataTable
      label={trash ? 'Files in the trash' : 'Files'}
      columns={trash ? trashed : kept}
      pages={pages}
      idOf={({ id }) => id}
      empty={empty}
    />
  );
}

function Actions({ file }: { readonly file: FileOf }) {
  const { id, file_name: name } = file;
  const mayDelete = useCan('files:delete');
  const trashing = useTrashing();
  const keeping = useChange(() => download(id), { refresh: [] });
  return (
    <Menu label={`Actions for ${name}`} button={<EllipsisVertical className="icon" />} small>
      <MenuItem icon={Download} onClick={() => keeping.mutate()}>
        Download
      </MenuItem>
      {mayDelete && (
        <MenuItem icon={Trash2} danger onClick={() => trashing.mutate(file)}>
          Move to the trash
        </MenuItem>
      )}
    </Menu>
  );
}

function Restore({ file }: { readonly file: FileOf }) {
  const mayRestore = useCan('files:write');
  const restoring = useRestoring();
  if (!mayRestore) return null;
  return (
    <Button small icon={RotateCcw} busy={restoring.isPending} onClick={() => restoring.mutate(file)}>
      Restore
    </Button>
  );
}
