import { useQuery } from '@tanstack/react-query';
import { Download, Trash2 } from 'lucide-react';
import { useParams } from 'react-router';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { Loaded } from '../../components/loaded';
import { Page } from '../../components/page';
import { LinkTabs } from '../../components/tabs';
import { useChange } from '../../components/use-change';
import { useCan } from '../../session/session';
import { AccessTab } from './access-tab';
import { download } from './download';
import type { FileOf } from './keys';
import { LinksTab } from './links-tab';
import { OverviewTab } from './overview-tab';
import { useTrashing } from './trash';
import { folderAddress } from './use-file-filters';
import { VersionsTab } from './versions-tab';

export default function FilePage() {
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: ['files', 'one', id],
    queryFn: async ({ signal }) =>
      (await api.GET('/api/v1/files/{id}', { params: { path: { id } }, signal })).data,
  });
  return <Loaded query={query}>{(file) => <OneFile key={id} file={file} />}</Loaded>;
}

function OneFile({ file }: { readonly file: FileOf }) {
  const { tab } = useParams();
  const seesAccess = useCan('audit:read');
  const at = `/files/${file.id}`;
  const links = [
    { to: at, label: 'Overview' },
    { to: `${at}/versions`, label: 'Versions' },
    { to: `${at}/links`, label: 'Links' },
    ...(seesAccess ? [{ to: `${at}/access`, label: 'Access log' }] : []),
  ];
  return (
    <Page title={file.file_name} about={`In the folder ${file.collection}.`} actions={<Deeds file={file} />}>
      <LinkTabs label="Parts of the file" links={links} />
      {tab === 'versions' ? (
        <VersionsTab file={file} />
      ) : tab === 'links' ? (
        <LinksTab file={file} />
      ) : tab === 'access' && seesAccess ? (
        <AccessTab file={file} />
      ) : (
        <OverviewTab file={file} />
      )}
    </Page>
  );
}

function Deeds({ file }: { readonly file: FileOf }) {
  const mayDelete = useCan('files:delete');
  const keeping = useChange(() => download(file.id), { refresh: [] });
  const trashing = useTrashing(folderAddress(file.collection));
  return (
    <>
      <Button icon={Download} busy={keeping.isPending} onClick={() => keeping.mutate()}>
        Download
      </Button>
      {mayDelete && (
        <Button icon={Trash2} busy={trashing.isPending} onClick={() => trashing.mutate(file)}>
          Move to the trash
        </Button>
      )}
    </>
  );
}
