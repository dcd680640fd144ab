import { useQuery } from '@tanstack/react-query';
import { Files, Folder, Trash2, type LucideIcon } from 'lucide-react';
import { Link } from 'react-router';
import { api } from '../../api/client';
import { DEFAULT_COLLECTION } from './keys';
import { folderAddress, TRASH_ADDRESS, type FileFilters } from './use-file-filters';

const LOOKED_AT = 200;

/** The collections that the latest files are in, the one that is open, and the trash. */
export function Folders({ filters: { collection, trash } }: { readonly filters: FileFilters }) {
  const { data = [] } = useQuery({
    queryKey: ['files', 'folders'],
    queryFn: async ({ signal }) => {
      const { data: page } = await api.GET('/api/v1/files', {
        params: { query: { limit: LOOKED_AT } },
        signal,
      });
      return page.items.map((file) => file.collection);
    },
  });
  const names = [...new Set([DEFAULT_COLLECTION, ...data, collection])].filter(Boolean).sort();
  return (
    <nav className="folders" aria-label="Folders">
      <FolderLink to={folderAddress('')} icon={Files} name="All files" isOpen={!trash && collection === ''} />
      {names.map((name) => (
        <FolderLink
          key={name}
          to={folderAddress(name)}
          icon={Folder}
          name={name}
          isOpen={!trash && name === collection}
        />
      ))}
      <FolderLink to={TRASH_ADDRESS} icon={Trash2} name="Trash" isOpen={trash} />
    </nav>
  );
}

function FolderLink({
  to,
  icon: Icon,
  name,
  isOpen,
}: {
  readonly to: string;
  readonly icon: LucideIcon;
  readonly name: string;
  readonly isOpen: boolean;
}) {
  return (
    <Link to={to} aria-current={isOpen ? 'page' : undefined}>
      <Icon className="icon" />
      {name}
    </Link>
  );
}
