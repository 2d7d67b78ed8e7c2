/** What happens before the script starts, and why it never did. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { JobDetails } from '../api/api-types.ts';
import { duration, plain, plainLines } from '../kit/format.ts';
import { isLive, neverStarted } from '../kit/job-state.tsx';

const TITLES = {
  queued: 'Waiting',
  preparing: 'Preparing the environment',
  running: 'Preparing the environment',
  ended: 'The script did not start',
};

function titleOf({ phase, waits_for: waits }: JobDetails): string {
  return waits ? `Waiting for ${plain(waits)}` : TITLES[phase];
}

/** Environments that are there already take no time: of them nothing is shown. */
export function waitsForScript(job: JobDetails, log: string): boolean {
  return job.phase === 'queued' || (job.phase === 'preparing' && log !== '') || neverStarted(job);
}

interface EnvironmentLogProps {
  job: JobDetails;
  text: string;
  now: number;
}

export function EnvironmentLog({ job, text, now }: EnvironmentLogProps) {
  const seconds = Math.max(0, (now - Date.parse(job.created_at)) / 1000);
  return (
    <section class="environment-log" aria-label="Before the script starts">
      <h2>
        {titleOf(job)} {isLive(job) && <span class="count">{duration(seconds)}</span>}
      </h2>
      {job.error && <p class="error-text">{plainLines(job.error)}</p>}
      {text && <Lines text={plainLines(text)} />}
    </section>
  );
}

/** Moves with its end, unless somebody has scrolled up. */
function Lines({ text }: { text: string }) {
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  const look = (): void => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < 8;
  };
  return (
    <pre ref={box} onScroll={look} tabIndex={0} role="region" aria-label="Environment log">
      {text}
    </pre>
  );
}
