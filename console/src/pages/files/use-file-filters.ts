import { useSearchParams } from 'react-router';

export interface FileFilters {
  readonly q: string;
  readonly collection: string;
  readonly trash: boolean;
}

/** Which files are shown, as the address has it: a reload and the way back keep it. */
export function useFileFilters() {
  const [params, setParams] = useSearchParams();
  const filters: FileFilters = {
    q: params.get('q') ?? '',
    collection: params.get('collection') ?? '',
    trash: params.has('trash'),
  };
  const search = (q: string) =>
    setParams(
      (before) => {
        if (q === '') before.delete('q');
        else before.set('q', q);
        return before;
      },
      // A letter typed is no place to go back to.
      { replace: true },
    );
  return { filters, search };
}

/** The address of a folder: all of them without one. */
export const folderAddress = (collection: string) =>
  collection === '' ? '/files' : `/files?collection=${encodeURIComponent(collection)}`;
export const TRASH_ADDRESS = '/files?trash=1';
