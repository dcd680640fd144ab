import { Store } from '../components/store';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'cloudkeep.theme';
/** The name of the preference that takes the choice to other browsers. */
export const THEME_PREFERENCE = 'console.theme';

export function isTheme(value: unknown): value is Theme {
  return THEMES.includes(value as Theme);
}

function kept(): Theme {
  const theme = localStorage.getItem(KEY);
  return isTheme(theme) ? theme : 'system';
}

export const theme = new Store<Theme>(kept());

/** Before the first paint, so that no page flashes up in the other colours. */
export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(KEY, chosen);
  theme.set(chosen);
  applyTheme();
}
