import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { toasts } from './toasts';

/**
 * A change made by one click: what it concerns is read anew, and a refusal is
 * told in the server's words. Forms have `useApiForm`, questions `ConfirmDialog`.
 */
export function useChange<Given = void>(
  change: (given: Given) => Promise<unknown>,
  { refresh, done }: { readonly refresh: readonly QueryKey[]; readonly done?: string },
) {
  const refreshAll = useRefresh(...refresh);
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      if (done !== undefined) toasts.tell(done);
      await refreshAll();
    },
    onError: toasts.problem,
  });
}

/** Has the queries under these keys read anew. */
export function useRefresh(...keys: readonly QueryKey[]): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
}
