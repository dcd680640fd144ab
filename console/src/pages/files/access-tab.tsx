import { api, type components } from '../../api/client';
import { Bytes } from '../../components/bytes';
import { DataTable, type Column } from '../../components/data-table';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { usePages } from '../../components/use-pages';
import { useProfile } from '../../session/session';
import type { FileOf } from './keys';

type Access = components['schemas']['FileAccessDto'];

const WORDS: Readonly<Record<Access['action'], string>> = {
  upload: 'Uploaded',
  download: 'Downloaded',
  delete: 'Moved to the trash',
  generate_url: 'Made a link',
  redeem: 'Opened a link',
  restore: 'Restored',
};

const columns: readonly Column<Access>[] = [
  { header: 'When', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  { header: 'What', cell: ({ action }) => WORDS[action] },
  { header: 'Who', cell: ({ user_id: id }) => <Who id={id} /> },
  { header: 'From', cell: ({ ip_address: ip }) => ip ?? '–' },
  { header: 'Bytes', cell: ({ bytes }) => <Bytes of={bytes} />, kind: 'number' },
];

/** Who had the file in hand, for those who may know. */
export function AccessTab({ file: { id } }: { readonly file: FileOf }) {
  const pages = usePages(['files', 'access', id], async (cursor, signal) => {
    const query = { limit: 50, file_id: id, ...cursor };
    return (await api.GET('/api/v1/audit/file-access', { params: { query }, signal })).data;
  });
  return (
    <DataTable
      label="Access log"
      columns={columns}
      pages={pages}
      idOf={({ id: accessId }) => accessId}
      empty={<EmptyState title="Nothing yet">Uploads, downloads and links are written down here.</EmptyState>}
    />
  );
}

function Who({ id }: { readonly id: string | null }) {
  const { id: own } = useProfile();
  if (id === null) return 'whoever had the link';
  return id === own ? 'you' : <code>{id}</code>;
}
