import { useFilters } from '../../components/use-address';

const FILTERS = ['q', 'collection', 'trash'] as const;

export interface FileFilters {
  readonly q: string;
  readonly collection: string;
  readonly trash: boolean;
}

/** Which files are shown, as the address has it: a reload and the way back keep it. */
export function useFileFilters() {
  const { get, set } = useFilters(FILTERS);
  const filters: FileFilters = {
    q: get('q'),
    collection: get('collection'),
    trash: get('trash') !== '',
  };
  const search = (q: string) => set('q', q);
  return { filters, search };
}

/** The address of a folder: all of them without one. */
export const folderAddress = (collection: string) =>
  collection === '' ? '/files' : `/files?collection=${encodeURIComponent(collection)}`;
export const TRASH_ADDRESS = '/files?trash=1';
