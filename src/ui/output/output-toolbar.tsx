/** Ways through the output. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import type { JobDetails } from '../api/api-types.ts';
import { announce } from '../kit/announce.tsx';
import { saveOutput } from './download.ts';
import { messageOf } from '../api/api.ts';
import { plain } from '../kit/format.ts';
import { useKeys } from '../kit/keyboard.ts';
import { LogSearch } from './log-search.tsx';
import { errorAfter, errorBefore, type FoundError } from './errors.ts';
import type { OutputController } from './output-controller.ts';
import type { Opened } from './output-controller.ts';
import type { View } from './output-state.ts';
import { isLive } from '../kit/job-state.tsx';
import { useStore } from '../api/store.ts';

type Way = 'first' | 'previous' | 'next';

const NO_MORE: Record<Way, string> = {
  first: 'No error found.',
  previous: 'That was the first error.',
  next: 'That was the last error.',
};

const WRAPS = 'python-mcp.wraps';

const VIEWS: [view: View, name: string][] = [
  ['both', 'Both'],
  ['stdout', 'stdout'],
  ['stderr', 'stderr'],
];

export function OutputToolbar({ opened, job }: { opened: Opened; job: JobDetails }) {
  const { controller } = opened;
  const state = useStore(controller.state);
  const searchBox = useRef<HTMLInputElement>(null);
  const errors = useErrors(job.id, controller);
  const toggleFollow = (): void => controller.setFollowing(!state.following);
  useKeys({
    g: () => void controller.showStart(),
    G: () => void controller.showEnd(),
    e: () => errors.go('next'),
    E: () => errors.go('previous'),
    f: toggleFollow,
    '/': () => searchBox.current?.focus(),
  });
  return (
    <div class="toolbar" role="group" aria-label="Output tools">
      <ViewChoice controller={controller} view={state.view} />
      <span class="button-group">
        <button type="button" title="Start (g)" onClick={() => void controller.showStart()}>
          Start
        </button>
        <button type="button" title="End (G)" onClick={() => void controller.showEnd()}>
          End
        </button>
      </span>
      <ErrorButtons {...errors} />
      <WrapButton opened={opened} />
      {isLive(job) && (
        <button
          type="button"
          aria-pressed={state.following}
          title="Follow (f)"
          onClick={toggleFollow}
        >
          Follow
        </button>
      )}
      <LogSearch id={job.id} controller={controller} box={searchBox} />
      <MoreTools opened={opened} job={job} />
    </div>
  );
}

function ErrorButtons({ busy, go }: { busy: boolean; go: (way: Way) => void }) {
  return (
    <span class="button-group" role="group" aria-label="Errors">
      <button type="button" disabled={busy} onClick={() => go('first')}>
        First error
      </button>
      <button
        type="button"
        title="Previous error (E)"
        disabled={busy}
        onClick={() => go('previous')}
      >
        <span aria-hidden="true">↑</span>
        <span class="unseen">Previous error</span>
      </button>
      <button type="button" title="Next error (e)" disabled={busy} onClick={() => go('next')}>
        <span aria-hidden="true">↓</span>
        <span class="unseen">Next error</span>
      </button>
    </span>
  );
}

function ViewChoice({ controller, view }: { controller: OutputController; view: View }) {
  return (
    <span class="button-group" role="group" aria-label="Stream">
      {VIEWS.map(([value, name]) => (
        <button
          key={value}
          type="button"
          aria-pressed={view === value}
          onClick={() => void controller.setView(value)}
        >
          {name}
        </button>
      ))}
    </span>
  );
}

/** Kept by the browser: it is a matter of taste. */
function WrapButton({ opened: { terminal } }: { opened: Opened }) {
  const [wraps, setWraps] = useState(() => localStorage.getItem(WRAPS) !== 'no');
  useEffect(() => terminal.setWrapping(wraps), [terminal, wraps]);
  const toggle = (): void => {
    localStorage.setItem(WRAPS, wraps ? 'no' : 'yes');
    setWraps(!wraps);
  };
  useKeys({ w: toggle });
  return (
    <button type="button" title="Wrap long lines (w)" aria-pressed={wraps} onClick={toggle}>
      Wrap
    </button>
  );
}

function MoreTools({ opened, job }: { opened: Opened; job: JobDetails }) {
  const [readable, setReadable] = useState(false);
  const { view } = useStore(opened.controller.state);
  const copy = (): void => {
    navigator.clipboard.writeText(opened.terminal.text()).then(
      () => announce('Copied what is shown.'),
      (error: unknown) => announce(messageOf(error)),
    );
  };
  const readAloud = (): void => {
    opened.terminal.setScreenReader(!readable);
    setReadable(!readable);
  };
  return (
    <span class="button-group">
      <button type="button" title="Copy what is shown" onClick={copy}>
        Copy
      </button>
      <button
        type="button"
        title={`Download all of ${view === 'both' ? 'both streams' : view}`}
        onClick={() => {
          saveOutput(job, view).catch((error: unknown) => announce(messageOf(error)));
        }}
      >
        Download
      </button>
      <button type="button" class="unseen-until-focus" aria-pressed={readable} onClick={readAloud}>
        Screen reader mode
      </button>
    </span>
  );
}

/** Goes on from the error it went to last. */
function useErrors(id: string, controller: OutputController) {
  const last = useRef<FoundError | null>(null);
  const left = useRef(new AbortController());
  useEffect(() => () => left.current.abort(), []);
  const way = useRef<Way>('first');
  const { busy, error, run } = useAction(async () => {
    announce('Searching for an error…');
    const { view } = controller.state.value;
    const from = way.current === 'first' ? null : last.current;
    const find = way.current === 'previous' ? errorBefore : errorAfter;
    const found = await find(id, view, from, left.current.signal);
    announce(found ? plain(found.line) : from ? NO_MORE[way.current] : 'No error found.');
    last.current = found ?? last.current;
    if (found) await controller.showAt(found.stream, found.line_offset, true);
  });
  useEffect(() => {
    if (error !== null) announce(error);
  }, [error]);
  const go = (to: Way): void => {
    if (busy) return;
    way.current = to;
    run();
  };
  return { busy, go };
}
