import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

export type Filters<Name extends string> = Readonly<Partial<Record<Name, string>>>;
type Change<Name extends string> = (
  changes: Readonly<Partial<Record<Name, string>>>,
  how?: { readonly replace?: boolean },
) => void;

/**
 * What of a page's state stands in its address: a reload, the way back and a link
 * sent to somebody keep it. An empty value is none.
 *
 * @param names at module scope.
 */
export function useAddress<Name extends string>(
  names: readonly Name[],
): readonly [Filters<Name>, Change<Name>] {
  const [params, setParams] = useSearchParams();
  const values = useMemo(() => {
    const given = names.flatMap((name) => (params.get(name) ? [[name, params.get(name)] as const] : []));
    return Object.fromEntries(given) as Filters<Name>;
  }, [names, params]);
  const change = useCallback<Change<Name>>(
    (changes, how = {}) =>
      setParams((before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries<string | undefined>(changes))
          if (value) after.set(name, value);
          else after.delete(name);
        return after;
      }, how),
    [setParams],
  );
  return [values, change];
}

/** As `useAddress`, for the filters of a page: a letter typed is no place to go back to. @param names at module scope. */
export function useFilters<Name extends string>(names: readonly Name[]): FilterState<Name> {
  const [values, change] = useAddress(names);
  return {
    get: (name: Name) => values[name] ?? '',
    set: (name: Name, value: string) =>
      change({ [name]: value } as Partial<Record<Name, string>>, { replace: true }),
  };
}

/** What `useFilters` gives. */
export interface FilterState<Name extends string> {
  readonly get: (name: Name) => string;
  readonly set: (name: Name, value: string) => void;
}
