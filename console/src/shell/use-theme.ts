import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { api } from '../api/client';
import { toasts } from '../components/toasts';
import { chooseTheme, isTheme, theme, THEME_PREFERENCE, type Theme } from './theme';

const PREFERENCES = ['preferences'] as const;

/** Takes over what the person chose in another browser. */
export function useKeptTheme(): void {
  const { data } = useQuery({
    queryKey: PREFERENCES,
    queryFn: async ({ signal }) => {
      const query = { limit: 200 };
      return (await api.GET('/api/v1/users/me/preferences', { params: { query }, signal })).data;
    },
    staleTime: Infinity,
  });
  useEffect(() => {
    const value = data?.items.find(({ key }) => key === THEME_PREFERENCE)?.value;
    if (isTheme(value)) chooseTheme(value);
  }, [data]);
}

/** The colours chosen, and how to choose others: here at once, and kept for other browsers. */
export function useTheme() {
  const queries = useQueryClient();
  const chosen = useSyncExternalStore(theme.subscribe, theme.get);
  const choose = (value: Theme) => {
    chooseTheme(value);
    const params = { path: { key: THEME_PREFERENCE } };
    api
      .PUT('/api/v1/users/me/preferences/{key}', { params, body: { value } })
      .then(() => queries.invalidateQueries({ queryKey: PREFERENCES }), toasts.problem);
  };
  return { chosen, choose };
}
