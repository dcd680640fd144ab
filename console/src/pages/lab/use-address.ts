import { useSearchParams } from 'react-router';

/** Filters that the address holds, so that reload, back and a bookmark keep them. */
export function useAddress() {
  const [params, setParams] = useSearchParams();
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        before.delete(name);
        if (value !== '') before.set(name, value);
        return before;
      },
      { replace: true },
    );
  return { get: (name: string) => params.get(name) ?? '', set };
}
