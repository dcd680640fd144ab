import { useInfiniteQuery, type QueryKey } from '@tanstack/react-query';

interface ListPage<Row> {
  readonly items: readonly Row[];
  readonly next_cursor: string | null;
}

/**
 * A list of the API, page after page as somebody asks for more.
 *
 * @param read one page: `async (cursor, signal) => (await api.GET(path, { params: { query: { ...filters, ...cursor } }, signal })).data`
 */
export function usePages<Row>(
  key: QueryKey,
  read: (cursor: { readonly cursor?: string }, signal: AbortSignal) => Promise<ListPage<Row>>,
) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read(pageParam === null ? {} : { cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor: next }) => next,
  });
}

export type Pages<Row> = ReturnType<typeof usePages<Row>>;
