import { Files, Folder, Trash2, type LucideIcon } from 'lucide-react';
import { Link } from 'react-router';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { ProblemNotice } from '../../components/problem-notice';
import { usePages } from '../../components/use-pages';
import { DEFAULT_COLLECTION } from './keys';
import { folderAddress, TRASH_ADDRESS, type FileFilters } from './use-file-filters';

const AT_ONCE = 100;

/** The collections there are, also the default one and the one that is open while nothing is in them, and the trash. */
export function Folders({ filters: { collection, trash } }: { readonly filters: FileFilters }) {
  const pages = usePages(['files', 'collections'], async (cursor, signal) => {
    const query = { limit: AT_ONCE, ...cursor };
    return (await api.GET('/api/v1/files/collections', { params: { query }, signal })).data;
  });
  const found = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const counts = new Map(found.map(({ name, file_count: count }) => [name, count]));
  const names = [...new Set([DEFAULT_COLLECTION, ...counts.keys(), collection])].filter(Boolean).sort();
  return (
    <nav className="folders" aria-label="Folders">
      <FolderLink to={folderAddress('')} icon={Files} name="All files" isOpen={!trash && collection === ''} />
      {names.map((name) => (
        <FolderLink
          key={name}
          to={folderAddress(name)}
          icon={Folder}
          name={name}
          count={counts.get(name)}
          isOpen={!trash && name === collection}
        />
      ))}
      {pages.hasNextPage && (
        <Button small busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          More folders
        </Button>
      )}
      <FolderLink to={TRASH_ADDRESS} icon={Trash2} name="Trash" isOpen={trash} />
      {pages.isError && <ProblemNotice error={pages.error} />}
    </nav>
  );
}

function FolderLink({
  to,
  icon: Icon,
  name,
  count,
  isOpen,
}: {
  readonly to: string;
  readonly icon: LucideIcon;
  readonly name: string;
  readonly count?: number | undefined;
  readonly isOpen: boolean;
}) {
  return (
    <Link to={to} aria-current={isOpen ? 'page' : undefined}>
      <Icon className="icon" />
      <span className="folder-name">{name}</span>
      {count !== undefined && (
        <span className="muted small" title={`${count} files`}>
          {count.toLocaleString('en')}
        </span>
      )}
    </Link>
  );
}
