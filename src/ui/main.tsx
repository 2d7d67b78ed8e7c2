/** Where the page begins. */
import { render } from 'preact';
import { App } from './app.tsx';
import { watchTheme } from './frame/theme.ts';
import { watchToken } from './api/token.ts';

const root = document.getElementById('app');
if (root) {
  watchTheme();
  watchToken();
  render(<App />, root);
}
