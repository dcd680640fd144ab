import { useNavigate } from 'react-router';
import { api } from '../../api/client';
import { toasts } from '../../components/toasts';
import { useChange, useRefresh } from '../../components/use-change';
import { useCan } from '../../session/session';
import { FILES, type FileOf } from './keys';

type Named = Pick<FileOf, 'id' | 'file_name'>;

const restore = ({ id }: Named) => api.POST('/api/v1/files/{id}/restore', { params: { path: { id } } });

/** Into the trash at once, with the way back at hand: a question would ask of what can be undone. */
export function useTrashing(goTo?: string) {
  const refresh = useRefresh(FILES);
  const navigate = useNavigate();
  const mayRestore = useCan('files:write');
  return useChange(
    async (file: Named) => {
      await api.DELETE('/api/v1/files/{id}', { params: { path: { id: file.id } } });
      const text = `${file.file_name} is in the trash.`;
      if (!mayRestore) toasts.tell(text);
      else toasts.undoable(text, () => restore(file).then(refresh));
      if (goTo !== undefined) await navigate(goTo);
    },
    { refresh: [FILES] },
  );
}

export function useRestoring() {
  return useChange(restore, { refresh: [FILES], done: 'It is back where it was.' });
}
