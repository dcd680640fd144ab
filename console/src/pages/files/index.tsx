import { useQueryClient } from '@tanstack/react-query';
import { FileUp, SearchX, Trash2 } from 'lucide-react';
import { useMemo } from 'react';
import { FilterText } from '../../components/filters';
import { Page } from '../../components/page';
import { EmptyState } from '../../components/states';
import { useCan, useProfile } from '../../session/session';
import { DropZone } from './drop-zone';
import { FilePicker } from './file-picker';
import { FileTable } from './file-table';
import { Folders } from './folders';
import { DEFAULT_COLLECTION } from './keys';
import { NewFolder } from './new-folder';
import { uploadsOf } from './upload-queue';
import { UploadsCard } from './uploads-card';
import { UsageBar } from './usage-bar';
import { useFileFilters, type FileFilters } from './use-file-filters';

export default function FilesPage() {
  const { filters, search } = useFileFilters();
  const mayUpload = useCan('files:write') && !filters.trash;
  const { id } = useProfile();
  const queries = useQueryClient();
  const queue = useMemo(() => uploadsOf(id, queries), [id, queries]);
  const folder = filters.collection || DEFAULT_COLLECTION;
  const add = (files: readonly File[]) => queue.add(files, folder);
  const upload = mayUpload && (
    <FilePicker label={`Files for ${folder}`} onFiles={add} multiple variant="primary">
      Upload files
    </FilePicker>
  );
  const about = mayUpload && `Choose files or drop them anywhere here; they go to the folder ${folder}.`;
  return (
    <Page title="Files" about={about} actions={upload}>
      {mayUpload && <DropZone onFiles={add} />}
      <div className="stack">
        <UploadsCard queue={queue} />
        <UsageBar />
        <div className="files">
          <div className="stack tight">
            <Folders filters={filters} />
            <div className="row">{mayUpload && <NewFolder />}</div>
          </div>
          <div>
            <Search key={filters.collection + String(filters.trash)} value={filters.q} onSet={search} />
            <FileTable filters={filters} empty={<Nothing filters={filters} mayUpload={mayUpload} />} />
          </div>
        </div>
      </div>
    </Page>
  );
}

function Search({ value, onSet }: { readonly value: string; readonly onSet: (name: string) => void }) {
  return (
    <div className="filters">
      <FilterText label="Search by name" type="search" value={value} onSet={onSet} />
    </div>
  );
}

function Nothing({ filters, mayUpload }: { readonly filters: FileFilters; readonly mayUpload: boolean }) {
  if (filters.q !== '') {
    return (
      <EmptyState icon={SearchX} title="Nothing of that name">
        Search for another part of the name, or in all files.
      </EmptyState>
    );
  }
  if (filters.trash) {
    return (
      <EmptyState icon={Trash2} title="The trash is empty">
        What you move to the trash can be restored from here until the server throws it away.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={FileUp} title="No files here yet">
      {mayUpload
        ? 'Choose files above, or drop them anywhere on this page. What breaks off goes on where it was.'
        : 'Your role may see files but not upload them. An administrator can give you one that does.'}
    </EmptyState>
  );
}
