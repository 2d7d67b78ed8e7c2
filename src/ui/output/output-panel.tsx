/** Output of a job in a terminal, with what is needed to find one's way in it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../api/api.ts';
import type { EnvironmentEvent, JobDetails, JobItem, StreamName } from '../api/api-types.ts';
import { bytes, count } from '../kit/format.ts';
import { Loading, Problem } from '../kit/notice.tsx';
import { type Opened, OutputController } from './output-controller.ts';
import type { OutputState, Window } from './output-state.ts';
import { OutputToolbar } from './output-toolbar.tsx';
import { streamsOf } from './search-output.ts';
import { isLive } from '../kit/job-state.tsx';
import { useStore } from '../api/store.ts';
import { change, jobRoute, type LineRef } from '../frame/router.ts';
import { LineMarks } from './line-marks.tsx';
import { theme } from '../frame/theme.ts';

/** What the events of the job say beside its output. */
export interface JobListener {
  /** Takes over what an event said. */
  update: (item: JobItem) => void;
  reload: () => void;
  takeEnvironment: (said: EnvironmentEvent) => void;
}

interface PanelProps {
  job: JobDetails;
  live: JobListener;
  /** The line that the address names. */
  line: LineRef | null;
}

export function OutputPanel({ job, live, line }: PanelProps) {
  const container = useRef<HTMLDivElement>(null);
  const { opened, error } = useTerminal(container, job, live);
  const pick = useShownLine(job.id, opened, line);
  return (
    <section class="output" aria-label="Output">
      {opened && <OutputToolbar opened={opened} job={job} />}
      {error && <Problem text={error} />}
      {!opened && !error && <Loading what="the output" />}
      <div class="terminal-frame">
        <div class="terminal-lines">
          <div ref={container} class="terminal-box" />
          {opened && <LineMarks id={job.id} opened={opened} here={line} pick={pick} />}
        </div>
      </div>
      {opened && <StatusLine controller={opened.controller} />}
    </section>
  );
}

function StatusLine({ controller }: { controller: OutputController }) {
  const state = useStore(controller.state);
  return (
    <>
      {state.error && <Problem text={state.error} retry={() => void controller.showEnd()} />}
      <p class="output-status">
        <span>{shownText(state)}</span>
        {state.isUncounted && !state.loading && (
          <button type="button" class="quiet" onClick={() => controller.countLines()}>
            Number the lines
          </button>
        )}
        <span>
          stdout {bytes(state.sizes.stdout)} · stderr {bytes(state.sizes.stderr)}
        </span>
      </p>
    </>
  );
}

function shownText(state: OutputState): string {
  const { view, window, lines, loading, sizes, earlier } = state;
  if (loading) return 'Loading…';
  if (window) {
    const streams = streamsOf(view).filter((stream) => sizes[stream] > 0);
    return streams.map((stream) => rangeText(stream, window, state)).join(' · ');
  }
  if (lines === 0) return 'No output yet';
  return `${earlier ? 'Last ' : ''}${count(lines)} ${lines === 1 ? 'line' : 'lines'}`;
}

function rangeText(stream: StreamName, { from, next }: Window, state: OutputState): string {
  const range = `${stream} ${bytes(from[stream])} – ${bytes(next[stream])}`;
  return `${range} of ${bytes(state.sizes[stream])}${lineText(stream, state)}`;
}

function lineText(stream: StreamName, { firstLines, written }: OutputState): string {
  const first = firstLines[stream];
  if (first === null || written[stream] === 0) return '';
  return `, lines ${count(first)} – ${count(first + written[stream] - 1)}`;
}

/** Goes to the line of the address, unless that was named by clicking the line itself. */
function useShownLine(id: string, opened: Opened | null, line: LineRef | null) {
  const picked = useRef<LineRef | null>(null);
  const { stream, number } = line ?? {};
  useEffect(() => {
    if (!opened?.isStarted || !stream || !number) return;
    const isPicked = picked.current?.stream === stream && picked.current.number === number;
    if (!isPicked) void opened.controller.showLine({ stream, number });
  }, [opened, stream, number]);
  return (chosen: LineRef): void => {
    picked.current = chosen;
    change(jobRoute(id, chosen));
  };
}

function useTerminal(
  container: { current: HTMLDivElement | null },
  job: JobDetails,
  live: JobListener,
): { opened: Opened | null; error: string | null } {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { update, reload, takeEnvironment } = live;
  useEffect(() => {
    let close = (): void => {};
    let gone = false;
    const open = async (): Promise<void> => {
      const { TerminalView } = await import('./terminal.ts');
      if (gone || !container.current) return;
      const terminal = new TerminalView(container.current, theme.value);
      const controller = new OutputController(job.id, terminal, {
        changed: update,
        ended: reload,
        removed: reload,
        environment: takeEnvironment,
      });
      close = () => {
        controller.dispose();
        terminal.dispose();
      };
      setOpened({ terminal, controller, isStarted: false });
      await controller.start(!isLive(job));
      if (!gone) setOpened({ terminal, controller, isStarted: true });
    };
    open().catch((reason: unknown) => setError(messageOf(reason)));
    return () => {
      gone = true;
      close();
    };
  }, [job.id]);
  const chosen = useStore(theme);
  useEffect(() => opened?.terminal.setTheme(chosen), [opened, chosen]);
  return { opened, error };
}
