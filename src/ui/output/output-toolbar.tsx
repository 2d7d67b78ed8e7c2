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
import { nextError } from './next-error.ts';
import type { OutputController } from './output-controller.ts';
import type { Opened } from './output-controller.ts';
import type { View } from './output-state.ts';
import { isLive } from '../kit/job-state.tsx';
import { useStore } from '../api/store.ts';

const VIEWS: [view: View, name: string][] = [
  ['both', 'Both'],
  ['stdout', 'stdout'],
  ['stderr', 'stderr'],
];

export function OutputToolbar({ opened, job }: { opened: Opened; job: JobDetails }) {
  const { controller } = opened;
  const state = useStore(controller.state);
  const searchBox = useRef<HTMLInputElement>(null);
  const errors = useNextError(job.id, controller);
  const toggleFollow = (): void => controller.setFollowing(!state.following);
  useKeys({
    g: () => void controller.showStart(),
    G: () => void controller.showEnd(),
    e: errors.find,
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
        <button type="button" title="Next error (e)" disabled={errors.busy} onClick={errors.find}>
          Next error
        </button>
      </span>
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

/** Goes on from the error it went to last; from the first again after the last. */
function useNextError(id: string, controller: OutputController) {
  const last = useRef<Awaited<ReturnType<typeof nextError>>>(null);
  const left = useRef(new AbortController());
  useEffect(() => () => left.current.abort(), []);
  const { busy, error, run } = useAction(async () => {
    announce('Searching for an error…');
    const { view } = controller.state.value;
    const found = await nextError(id, view, last.current, left.current.signal);
    const again = last.current === null ? 'No error found.' : 'That was the last error.';
    announce(found ? plain(found.line) : again);
    last.current = found;
    if (found) await controller.showAt(found.stream, found.line_offset, true);
  });
  useEffect(() => {
    if (error !== null) announce(error);
  }, [error]);
  return { busy, find: () => busy || run() };
}
