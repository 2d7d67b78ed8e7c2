/** The frame around every page. */
import { useEffect, useRef } from 'preact/hooks';
import { Announcer } from './kit/announce.tsx';
import { connection } from './api/connection.ts';
import { HelpButton } from './frame/help.tsx';
import { JobListPage } from './list/job-list.tsx';
import { JobPage } from './job/job-page.tsx';
import { Locked } from './kit/notice.tsx';
import { type Route, useRoute } from './frame/router.ts';
import { RunPage } from './run/run-page.tsx';
import { ScriptsPage } from './run/scripts-page.tsx';
import { useStore } from './api/store.ts';
import { theme, toggleTheme } from './frame/theme.ts';
import { token } from './api/token.ts';

export function App() {
  const route = useRoute();
  const allowed = useStore(token) !== null;
  useFocusOnPage(route);
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to content
      </a>
      <Header route={route} />
      <ConnectionBar />
      {allowed ? <Page route={route} /> : <Locked />}
      <Announcer />
    </>
  );
}

function Page({ route }: { route: Route }) {
  if (route.page === 'job') {
    return <JobPage key={route.id} id={route.id} line={route.line} />;
  }
  if (route.page === 'run') return <RunPage key={route.again} again={route.again} />;
  if (route.page === 'scripts') return <ScriptsPage name={route.name} />;
  const { page: _, ...query } = route;
  return <JobListPage {...query} />;
}

function Header({ route }: { route: Route }) {
  const dark = useStore(theme) === 'dark';
  const inJobs = route.page !== 'scripts';
  return (
    <header class="top">
      <span class="brand">
        <span aria-hidden="true">›_</span> python-mcp
      </span>
      <nav aria-label="Pages of the dashboard">
        <a href="#/" aria-current={inJobs ? 'page' : undefined}>
          Jobs
        </a>
        <a href="#/scripts" aria-current={inJobs ? undefined : 'page'}>
          Scripts
        </a>
      </nav>
      <ConnectionMark />
      <button type="button" class="quiet" onClick={toggleTheme} aria-pressed={dark}>
        <span aria-hidden="true">{dark ? '☾' : '☀'}</span>
        <span class="unseen">Dark theme</span>
      </button>
      <HelpButton />
    </header>
  );
}

function ConnectionMark() {
  const state = useStore(connection);
  if (state !== 'live') return <span class="connection" />;
  return (
    <span class="connection is-live" title="What you see is live">
      Live
    </span>
  );
}

function ConnectionBar() {
  const state = useStore(connection);
  const known = useStore(token) !== null;
  if (state === 'unauthorised' && known) {
    return (
      <p class="bar is-problem" role="alert">
        The server was started anew. Open the link that it printed, in this browser: this page then
        goes on where it was.
      </p>
    );
  }
  if (state !== 'lost') return null;
  return (
    <p class="bar is-warning" role="status">
      Connection lost. Trying again by itself; nothing will be missing.
    </p>
  );
}

/** A link with the fragment would be taken for a page. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** A new page is where a keyboard and a screen reader go on, as after loading one. */
function useFocusOnPage({ page }: Route): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) document.getElementById('main')?.focus();
    first.current = false;
  }, [page]);
}
