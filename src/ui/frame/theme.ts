/** Light or dark: as the system has it, until somebody chooses. */
import { Store } from '../api/store.ts';

export type Theme = 'light' | 'dark';

const KEY = 'python-mcp.theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

export const theme = new Store<Theme>('light');

/** Called once, at the start of the page. */
export function watchTheme(): void {
  const apply = (): void => {
    const chosen = localStorage.getItem(KEY);
    const system = prefersDark.matches ? 'dark' : 'light';
    theme.set(chosen === 'light' || chosen === 'dark' ? chosen : system);
    document.documentElement.dataset['theme'] = theme.value;
  };
  prefersDark.addEventListener('change', apply);
  addEventListener('storage', apply);
  addEventListener(CHOSEN, apply);
  apply();
}

const CHOSEN = 'python-mcp-theme';

export function toggleTheme(): void {
  localStorage.setItem(KEY, theme.value === 'dark' ? 'light' : 'dark');
  dispatchEvent(new Event(CHOSEN));
}
