/** Output of a job in a terminal, with what is needed to find one's way in it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../api/api.ts';
import type { EnvironmentEvent, JobDetails, JobItem, StreamName } from '../api/api-types.ts';
import { bytes, count } from '../kit/format.ts';
import { Loading, Problem } from '../kit/notice.tsx';
import { type Opened, OutputController } from './output-controller.ts';
import type { OutputState } from './output-state.ts';
import { OutputToolbar } from './output-toolbar.tsx';
import { streamsOf } from './search-output.ts';
import { isLive } from '../kit/job-state.tsx';
import { useStore } from '../api/store.ts';
import { theme } from '../frame/theme.ts';

/** What the events of the job say beside its output. */
export interface JobListener {
  /** Takes over what an event said. */
  update: (item: JobItem) => void;
  reload: () => void;
  takeEnvironment: (said: EnvironmentEvent) => void;
}

export function OutputPanel({ job, live }: { job: JobDetails; live: JobListener }) {
  const container = useRef<HTMLDivElement>(null);
  const { opened, error } = useTerminal(container, job, live);
  return (
    <section class="output" aria-label="Output">
      {opened && <OutputToolbar opened={opened} job={job} />}
      {error && <Problem text={error} />}
      {!opened && !error && <Loading what="the output" />}
      <div class="terminal-frame">
        <div ref={container} class="terminal-box" />
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
        <span>
          stdout {bytes(state.sizes.stdout)} · stderr {bytes(state.sizes.stderr)}
        </span>
      </p>
    </>
  );
}

function shownText({ view, window, lines, loading, sizes, earlier }: OutputState): string {
  if (loading) return 'Loading…';
  if (window) {
    const ranges = streamsOf(view)
      .filter((stream) => sizes[stream] > 0)
      .map((stream) => rangeText(stream, window.from[stream], window.next[stream], sizes[stream]));
    return ranges.join(' · ');
  }
  if (lines === 0) return 'No output yet';
  return `${earlier ? 'Last ' : ''}${count(lines)} ${lines === 1 ? 'line' : 'lines'}`;
}

function rangeText(stream: StreamName, from: number, next: number, size: number): string {
  return `${stream} ${bytes(from)} – ${bytes(next)} of ${bytes(size)}`;
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
      setOpened({ terminal, controller });
      await controller.start(!isLive(job));
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
