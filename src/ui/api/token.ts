/**
 * The token of the link that `python-mcp serve` printed. It comes in the fragment, which browsers
 * do not send, and leaves the address bar at once. When it has been made anew, tabs
 * that are open already take it over from the tab in which the new link was opened.
 */
import { Store } from './store.ts';

const KEY = 'python-mcp.token';
const FRAGMENT = /^#token=([\w-]+)$/;

export const token = new Store<string | null>(null);

/** Called once, at the start of the page. */
export function watchToken(): void {
  const channel = new BroadcastChannel(KEY);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
  const tell = (news: { token?: string }): void => channel.postMessage(news);
  token.set(sessionStorage.getItem(KEY));
  token.subscribe((value) => value && sessionStorage.setItem(KEY, value));
  const take = (): void => {
    const given = FRAGMENT.exec(location.hash)?.[1];
    if (given === undefined) return;
    history.replaceState(null, '', '#/');
    token.set(given);
    tell({ token: given });
  };
  channel.addEventListener('message', ({ data }: MessageEvent<{ token?: unknown }>) => {
    if (typeof data.token === 'string') token.set(data.token);
    else if (token.value) tell({ token: token.value });
  });
  addEventListener('hashchange', take);
  take();
  if (!token.value) tell({});
}
