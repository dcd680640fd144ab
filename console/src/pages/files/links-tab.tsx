import { Link2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type components } from '../../api/client';
import { Badge } from '../../components/badge';
import { Button, IconButton } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { ConfirmDialog } from '../../components/dialog';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { useRefresh } from '../../components/use-change';
import { usePages } from '../../components/use-pages';
import { useCan } from '../../session/session';
import type { FileOf } from './keys';
import { NewLinkDialog } from './new-link-dialog';

type FileLink = components['schemas']['FileLinkDto'];

const columns: readonly Column<FileLink>[] = [
  { header: 'Made', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  { header: 'Version', cell: ({ version }) => version, kind: 'number' },
  { header: 'Uses left', cell: (link) => <UsesLeft link={link} /> },
  { header: 'Last opened', cell: ({ last_used_at: at }) => <RelativeTime at={at} /> },
  { header: 'From', cell: ({ ip }) => ip ?? 'anywhere' },
  { header: 'Ends', cell: ({ expires_at: at }) => <RelativeTime at={at} /> },
];
const revocable: readonly Column<FileLink>[] = [
  ...columns,
  { header: 'Actions', cell: (link) => <Revoke link={link} />, kind: 'actions' },
];

export function LinksTab({ file }: { readonly file: FileOf }) {
  const { id } = file;
  const [making, setMaking] = useState(false);
  const mayMake = useCan('files:write');
  const pages = usePages(['files', 'links', id], async (cursor, signal) => {
    const params = { path: { id }, query: { limit: 50, ...cursor } };
    return (await api.GET('/api/v1/files/{id}/links', { params, signal })).data;
  });
  const make = mayMake && (
    <Button icon={Link2} onClick={() => setMaking(true)}>
      Make a link
    </Button>
  );
  return (
    <div className="stack">
      <div className="row">{make}</div>
      <div>
        <DataTable
          label="Links"
          columns={mayMake ? revocable : columns}
          pages={pages}
          idOf={({ id: linkId }) => linkId}
          empty={
            <EmptyState icon={Link2} title="No links">
              A link gives the file to somebody without an account, for a while.
            </EmptyState>
          }
        />
      </div>
      {making && <NewLinkDialog file={file} onClose={() => setMaking(false)} />}
    </div>
  );
}

function UsesLeft({ link: { uses, max_uses: most } }: { readonly link: FileLink }) {
  if (most === null) return <>any number ({uses} so far)</>;
  if (uses >= most) return <Badge tone="warn">used up</Badge>;
  return (
    <>
      {most - uses} of {most}
    </>
  );
}

function Revoke({ link: { id, file_id: fileId } }: { readonly link: FileLink }) {
  const [asks, setAsks] = useState(false);
  const refresh = useRefresh(['files', 'links', fileId]);
  return (
    <>
      <IconButton icon={Trash2} label="Revoke the link" small onClick={() => setAsks(true)} />
      {asks && (
        <ConfirmDialog
          title="Revoke the link?"
          action="Revoke"
          danger
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            const path = { id: fileId, link_id: id };
            await api.DELETE('/api/v1/files/{id}/links/{link_id}', { params: { path } });
            await refresh();
          }}
        >
          Whoever has it can not open it any more. A revoked link does not come back.
        </ConfirmDialog>
      )}
    </>
  );
}
