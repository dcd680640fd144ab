import type { Api } from './api.js';
import type { paths } from './schema.js';

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

/** Paths whose GET answers with a page of a list. */
export type ListPath = {
  [Path in keyof paths]: Answer<Path> extends { items: unknown[]; next_cursor: string | null } ? Path : never;
}[keyof paths];

export type ItemOf<Path extends ListPath> = Answer<Path> extends { items: (infer Item)[] } ? Item : never;

type ParametersOf<Path extends ListPath> = paths[Path] extends { get: { parameters: infer Given } }
  ? Given
  : never;
type QueryOf<Path extends ListPath> = Omit<
  NonNullable<ParametersOf<Path> extends { query?: infer Query } ? Query : never>,
  'cursor'
>;

/** What of a list, and from where. */
export type PagesOptions<Path extends ListPath> = {
  readonly query?: QueryOf<Path>;
  readonly signal?: AbortSignal;
} & (ParametersOf<Path> extends { path: infer InPath } ? { readonly path: InPath } : unknown);

export type PagesInit<Path extends ListPath> =
  // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- asks whether all of it is optional
  Record<never, never> extends PagesOptions<Path>
    ? [options?: PagesOptions<Path>]
    : [options: PagesOptions<Path>];

interface Page {
  readonly items: unknown[];
  readonly next_cursor: string | null;
}

/** Every item of a list, page after page as they are asked for. */
export async function* pagesOf<Path extends ListPath>(
  api: Api,
  path: Path,
  options?: PagesOptions<Path>,
): AsyncGenerator<ItemOf<Path>, void, undefined> {
  const { query, signal, ...rest } = (options ?? {}) as PagesOptions<ListPath> & { path?: object };
  const get = api.GET as unknown as (path: string, init: object) => Promise<{ data: Page }>;
  let cursor: string | null = null;
  do {
    const params = { ...rest, query: { ...query, ...(cursor === null ? {} : { cursor }) } };
    const { data }: { data: Page } = await get(path, { params, ...(signal === undefined ? {} : { signal }) });
    yield* data.items as ItemOf<Path>[];
    cursor = data.next_cursor;
  } while (cursor !== null);
}
